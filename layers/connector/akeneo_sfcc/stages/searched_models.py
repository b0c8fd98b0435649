"""Models that a search leaves out: masters of which no variant passes the filter are not written.

They wait in the state, because the PIM does not call a model changed on the day one of its variants passes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from akeneo_sfcc.stages.facts import Fact
from akeneo_sfcc.stages.hierarchy import Identity
from akeneo_sfcc.stages.identity_join import IdentityJoin
from akeneo_sfcc.stages.import_pages import Part
from akeneo_sfcc.stages.index import EXPORTED_MODELS, ModelEntry, make_model, token_of, write_piece
from akeneo_sfcc.stages.shard_input import waiting_models
from akeneo_sfcc.stages.work import piece_key
from akeneo_sfcc.storage.buckets import bucket_of
from akeneo_sfcc.storage.spool import Partitions


class SearchedModels:
    """Decides which models a search leaves out; leaves out none when no search restricts the products."""

    def __init__(self, join: IdentityJoin, product_parts: Iterable[Part]) -> None:
        """Note the roots of which a variant was read."""
        self._join = join
        self._searches = bool(join.settings.pim.product_filter.search)
        self._with_variants: set[str] = set()
        if self._searches:
            self._with_variants = {
                identity.root.lower()
                for identity, _ in join.identities(product_parts)
                if identity.role == "variant" and identity.root and not identity.reject
            }

    def leave_out(self, identity: Identity) -> bool:
        """Tell whether a model that was read is left out."""
        return self._searches and self._lacks_variants((identity.root or identity.key).lower())

    def finish(self, read: set[str], by_id: Partitions) -> None:
        """Write the index of exported models; claim the ids of roots that come back, in `by_id`.

        read: lower-case codes of the models that were read.
        """
        if not self._searches:
            self._join.put_list(EXPORTED_MODELS, self._join.models.objects)
            return
        # A full run has read every root there is.
        revived = set() if self._join.full else self._revive(read, by_id)
        self._mark(read, revived)

    def _lacks_variants(self, root: str) -> bool:
        if root in self._with_variants:
            return False
        return self._join.full or self._join.committed_model(root) is None

    def _revive(self, read: set[str], by_id: Partitions) -> set[str]:
        """Take back roots that were filtered and have a variant now, although they were not read; return their keys."""
        revived = set()
        for root in sorted(self._with_variants - read):
            entry = self._join.models.get(root, make_model)
            if entry is not None and entry.state == "filtered":
                revived.add(root)
                self._join.arrived.add(token_of(root, True))
                self._join.fact(entry.code, Fact("revived", id=entry.code, key=entry.code, home=entry.code))
                self._claim_waiting(entry, read, by_id)
        return revived

    def _claim_waiting(self, root: ModelEntry, read: set[str], by_id: Partitions) -> None:
        """Claim the ids of what waits of a root and below it; what was read claims its own."""
        join = self._join
        for record in waiting_models(join.services, join.committed, root.code):
            if record.key.lower() not in read and (record.role == "root" or join.exports_groups):
                identity = Identity(
                    key=record.key,
                    id=record.id,
                    role=record.role,
                    root=record.root,
                    home=record.home,
                    catalogue=root.catalogue if record.role == "root" else None,
                    reject=None,
                    family_variant=record.family_variant,
                )
                by_id.add(join.piece(record.id.lower()), identity.dump())

    def _mark(self, read: set[str], revived: set[str]) -> None:
        """Mark the filtered roots in the model index, so that relations do not point to them.

        A differential run leaves all models that it did not read as they are, but the revived.
        """
        join = self._join
        pieces: dict[int, set[int]] = defaultdict(set)
        for key in read | revived:
            pieces[join.piece(key)].add(bucket_of(key))
        objects = list(join.models.objects)
        for piece, buckets in pieces.items():
            entries = []
            for entry in join.models.entries(piece, make_model, buckets):
                lacking = entry.key in read and not entry.reject and self._lacks_variants(entry.root.lower())
                state = "filtered" if lacking else "" if entry.key in revived else entry.state
                entries.append(entry._replace(state=state))
            place = piece_key(join.run, EXPORTED_MODELS, piece)
            objects[piece] = write_piece(join.models.file(piece), place, entries)
        join.put_list(EXPORTED_MODELS, objects)
