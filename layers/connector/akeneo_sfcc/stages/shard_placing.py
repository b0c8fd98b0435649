"""Assignments, relations and recommendations of one shard's items, over those written before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from akeneo_sfcc.mapping.associations import (
    RelationPlan,
    assignment_element,
    recommendation_element,
    relations_element,
    superseded,
)
from akeneo_sfcc.mapping.categories import CategoryTrees
from akeneo_sfcc.mapping.state import StateRecord
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.shard_output import ASSIGNMENTS, RECOMMENDATIONS, RELATIONS, REMOVALS, UNLINK, ShardOutput


class Placing:
    """Writes where an item stands in the storefronts and what it points to, and notes it in its new state."""

    def __init__(
        self,
        settings: Settings,
        relations: RelationPlan,
        trees: CategoryTrees,
        output: ShardOutput,
        old: Callable[[str], StateRecord | None],
    ) -> None:
        """Take what decides it. old: what was written under an id before."""
        self._storefronts = settings.storefront_catalogs
        self._plan = relations
        self._trees = trees
        self._output = output
        self._old = old

    def assign(self, state: StateRecord, categories: Sequence[str], root: StateRecord | None = None) -> None:
        """Write an item's category assignments and take back those it no longer has; root: of a variant."""
        old = self._old(state.id)
        assigned_in: dict[str, list[str]] = {}
        for storefront in self._storefronts:
            assigned: list[str] = []
            if root is None or storefront.assign_variants:
                assigned = self._trees.assignable(storefront.id, categories)
            for number, category in enumerate(assigned):
                primary = number == 0 if storefront.primary_category else None
                element = assignment_element(category, state.id, primary)
                self._output.add(ASSIGNMENTS, storefront.id, (state.id, number), "category-assignment", element)
            before = old.assigned.get(storefront.id, []) if old else []
            for category in sorted(set(before) - set(assigned)):
                element = assignment_element(category, state.id, delete=True)
                self._output.add(REMOVALS, storefront.id, (0, state.id, category), "category-assignment", element)
            if assigned:
                assigned_in[storefront.id] = assigned
        state.assigned = assigned_in

    def recommend(self, state: StateRecord, root: StateRecord | None = None) -> None:
        """Write an item's recommendations wherever it (a variant: its root) is assigned; `assign` comes first."""
        listed: list[list[str]] = []
        if not self._plan.links:
            listed = self._plan.listed(state.resolved, root.resolved if root else None)
        assigned = (root or state).assigned
        old = self._old(state.id)
        recommended: dict[str, list[list[str]]] = {}
        for storefront in self._storefronts:
            wanted = listed if assigned.get(storefront.id) else []
            for number, (target, kind) in enumerate(wanted):
                element = recommendation_element(state.id, target, kind)
                self._output.add(RECOMMENDATIONS, storefront.id, (state.id, number), "recommendation", element)
            before = old.recommended.get(storefront.id, []) if old else []
            gone = before if old is not None and old.unordered else superseded(before, wanted)
            for number, (target, kind) in enumerate(gone):
                element = recommendation_element(state.id, target, kind, delete=True)
                self._output.add(REMOVALS, storefront.id, (1, state.id, number), "recommendation", element)
            if wanted:
                recommended[storefront.id] = wanted
        state.recommended = recommended

    def dissolve(self, id_: str) -> None:
        """Empty the bundle or set that a product was, before a master can list it as a variant."""
        old = self._old(id_)
        if old is not None and (old.bundled or old.set_products):
            element = relations_element(id_, [] if old.bundled else None, [] if old.set_products else None, None)
            self._output.add(UNLINK, str(old.catalogue), (id_, 1), "product", element)

    def relate(self, state: StateRecord, root: StateRecord | None = None) -> None:
        """Write an item's bundle, set and links; what it had and has no more is written empty."""
        old = self._old(state.id)
        if self._plan.links:
            state.links = self._plan.listed(state.resolved, root.resolved if root else None)
        bundled = state.bundled if state.bundled or (old and old.bundled) else None
        members = state.set_products if state.set_products or (old and old.set_products) else None
        links = state.links if state.links or (old and old.links) else None
        if bundled is not None or members is not None or links is not None:
            element = relations_element(state.id, bundled, members, links)
            self._output.add(RELATIONS, str(state.catalogue), (state.id,), "product", element)
