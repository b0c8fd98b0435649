"""Removes what no run needs of the product jobs' committed states any more.

A full run writes its whole state anew, so nothing refers to what was committed before the state before, nor to what
failed runs left. Differential runs remove nothing: to know what is still referred to, every directory of the state has
to be read, which costs as much as there is, not as much as changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice

from akeneo_sfcc.errors import ConnectorError
from akeneo_sfcc.stages.committed import CommittedState, read_manifest
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.work import PRODUCTS, state_layout
from akeneo_sfcc.storage.buckets import BucketFile
from akeneo_sfcc.storage.objects import ObjectStore

MOST_REMOVED = 20_000
"""Objects one run removes; the next one goes on. S3 takes 1,000 a request."""

_READERS = 16
_BY_RUN = re.compile(r"(manifest|fingerprints|[0-9]{3}|index/[^/]+/[0-9]{4})/(?P<started>[0-9]{8}T[0-9]{6}Z)-[^/]+")
"""What a state's objects are called below the scope's folder: by the run that wrote them, its time first."""


def remove_superseded(services: Services, run: RunContext) -> int:
    """Remove the objects that this run's state and the one before do not refer to; return how many.

    Called after the commit. Another run may have started since: what is not older than this run is left alone. The
    state before stays whole, for whoever has to go back to it. What cannot be read or removed now is left for the next
    time.
    """
    if run.family != PRODUCTS or run.mode != "full" or run.dry_run or run.base is None:
        return 0
    try:
        if services.ledger.delivering(run.family, run.scope) is not None:
            return 0
        kept = {run.base, *_objects(services.store, read_manifest(services.store, run.base))}
        gone = list(islice((key for key in _older(services.store, run) if key not in kept), MOST_REMOVED))
        services.store.delete(gone)
    except ConnectorError:
        # The run has succeeded; that something is left lying about must not change that.
        return 0
    return len(gone)


def _objects(store: ObjectStore, state: CommittedState) -> Iterator[str]:
    """Yield the keys of everything a state is made of."""
    pieces = chain(state.objects, *state.indexes.values())
    if state.attempted is not None:
        pieces = chain(pieces, state.attempted.objects, state.attempted.ids)
    directories = sorted({key for key in pieces if key is not None})
    with ThreadPoolExecutor(_READERS) as pool:
        yield from chain.from_iterable(pool.map(lambda key: BucketFile(store, key).objects, directories))
    if state.fingerprints is not None:
        yield state.fingerprints


def _older(store: ObjectStore, run: RunContext) -> Iterator[str]:
    """Yield the objects that runs wrote which started before this one; other families' are not among them."""
    prefix = state_layout(run).prefix
    for key in store.list(prefix):
        named = _BY_RUN.fullmatch(key.removeprefix(prefix))
        if named is not None and named["started"] < run.run_id[: len(named["started"])]:
            yield key
