"""Filters of products and product models, and which items they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from local.demo_pim.completeness import ratio
from local.demo_pim.criteria import Criterion, parse_time
from local.demo_pim.items import Doc, Items
from local.demo_pim.replies import ApiError, unprocessable
from local.demo_pim.store import Store
from local.demo_pim.value_search import COMPARE, Test, text_test, value_test

MAX_IDENTIFIERS = 100
MODEL_COMPLETENESS = ("AT LEAST COMPLETE", "AT LEAST INCOMPLETE", "ALL COMPLETE", "ALL INCOMPLETE")
CATEGORY_OPERATORS = ("IN", "NOT IN", "IN CHILDREN", "NOT IN CHILDREN", "IN OR UNCLASSIFIED", "UNCLASSIFIED")

PRODUCT_FIELDS = [
    "enabled",
    "family",
    "categories",
    "groups",
    "completeness",
    "updated",
    "created",
    "parent",
    "uuid",
    "identifier",
    "quality_score",
]
MODEL_FIELDS = ["family", "categories", "completeness", "updated", "created", "parent", "identifier", "quality_score"]


class Search:
    """A parsed search over one of the two big lists."""

    def __init__(self, store: Store, items: Items, criteria: Sequence[Criterion], now: datetime) -> None:
        """Check the criteria; raise ApiError for what the PIM does not know."""
        self._store = store
        self._items = items
        self._models = items is store.models
        self._criteria = criteria
        self._now = now
        self._by_value = False
        self._tests = [self._test(criterion) for criterion in criteria]

    def keys(self) -> list[str]:
        """Return the keys of the items that pass, in list order."""
        candidates = self._candidates()
        read = self._items.doc if self._by_value else self._items.facts
        return [key for key in candidates if all(test(doc) for doc in (read(key),) for test in self._tests)]

    def _candidates(self) -> Iterable[str]:
        """Narrow the items down where a look-up spares reading all of them."""
        for criterion in self._criteria:
            if criterion.field == "uuid" and criterion.operator == "IN":
                return sorted({code for code in criterion.codes() if code in self._items})
            if criterion.field == "identifier" and criterion.operator == "IN":
                codes = set(criterion.codes())
                found = codes if self._models else {self._store.identifiers().uuid(code) for code in codes}
                return sorted(key for key in found if key is not None and key in self._items)
            if criterion.field == "parent" and criterion.operator in ("=", "IN"):
                codes = {criterion.text().lower()} if criterion.operator == "=" else set(criterion.codes())
                return sorted(self._below(codes))
            since = self._since(criterion)
            if since is not None and self._all_older(since):
                return sorted(self._edited())
        return self._items.keys

    def _below(self, codes: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for code in codes:
            found.update(self._items.children(code))
            for sub_model in self._store.models.children(code):
                found.update(self._items.children(sub_model))
        return found

    def _since(self, criterion: Criterion) -> datetime | None:
        if criterion.field != "updated":
            return None
        if criterion.operator == ">":
            return criterion.times(1)[0]
        if criterion.operator == "BETWEEN":
            return criterion.times(2)[0]
        return self._days_ago(criterion) if criterion.operator == "SINCE LAST N DAYS" else None

    def _all_older(self, since: datetime) -> bool:
        newest = (self._store.products.newest_unchanged, self._store.models.newest_unchanged)
        return all(time is not None and parse_time(time) < since for time in newest)

    def _edited(self) -> set[str]:
        return set(self._items.changed) | self._below(self._store.models.changed)

    def _days_ago(self, criterion: Criterion) -> datetime:
        if not isinstance(criterion.value, int) or isinstance(criterion.value, bool):
            raise criterion.wrong_value("a numeric")
        return self._now - timedelta(days=criterion.value)

    def _test(self, criterion: Criterion) -> Test:
        if criterion.field not in (MODEL_FIELDS if self._models else PRODUCT_FIELDS):
            self._by_value = True
            return value_test(self._store, criterion)
        if criterion.field == "completeness":
            self._by_value = True
        test: Test = getattr(self, f"_{criterion.field}")(criterion)
        return test

    def _enabled(self, criterion: Criterion) -> Test:
        _allow(criterion, "=", "!=")
        wanted = criterion.truth() == (criterion.operator == "=")
        return lambda doc: doc["enabled"] == wanted

    def _family(self, criterion: Criterion) -> Test:
        _allow(criterion, "IN", "NOT IN", "EMPTY", "NOT EMPTY")
        if criterion.operator in ("EMPTY", "NOT EMPTY"):
            return lambda doc: (not doc["family"]) == (criterion.operator == "EMPTY")
        codes = self._known("families", "family", criterion)
        within = criterion.operator == "IN"
        return lambda doc: ((doc["family"] or "").lower() in codes) == within

    def _known(self, endpoint: str, what: str, criterion: Criterion) -> frozenset[str]:
        codes = criterion.codes()
        known = {code.lower() for code in self._store.docs(endpoint)}
        for code in codes:
            if code not in known:
                raise unprocessable(f'Object "{what}" with code "{code}" does not exist')
        return frozenset(codes)

    def _groups(self, criterion: Criterion) -> Test:
        _allow(criterion, "IN", "NOT IN", "EMPTY", "NOT EMPTY")
        if criterion.operator in ("EMPTY", "NOT EMPTY"):
            return lambda doc: (not doc["groups"]) == (criterion.operator == "EMPTY")
        codes, within = frozenset(criterion.codes()), criterion.operator == "IN"
        return lambda doc: any(code.lower() in codes for code in doc["groups"]) == within

    def _categories(self, criterion: Criterion) -> Test:
        _allow(criterion, *CATEGORY_OPERATORS)
        if criterion.operator == "UNCLASSIFIED":
            return lambda doc: not doc["categories"]
        codes = self._known("categories", "category", criterion)
        if criterion.operator.endswith("CHILDREN"):
            codes = self._with_descendants(codes)
        if criterion.operator == "IN OR UNCLASSIFIED":
            return lambda doc: not doc["categories"] or any(code.lower() in codes for code in doc["categories"])
        within = not criterion.operator.startswith("NOT")
        return lambda doc: any(code.lower() in codes for code in doc["categories"]) == within

    def _with_descendants(self, codes: frozenset[str]) -> frozenset[str]:
        found = set(codes)
        # Parents stand before their children in the list, so one pass reaches every depth.
        for code, category in self._store.docs("categories").items():
            if (category["parent"] or "").lower() in found:
                found.add(code.lower())
        return frozenset(found)

    def _updated(self, criterion: Criterion) -> Test:
        def time(doc: Doc) -> datetime:
            return max(parse_time(one["updated"]) for one in (doc, *self._store.ancestors(doc)))

        return self._time_test(criterion, time)

    def _created(self, criterion: Criterion) -> Test:
        return self._time_test(criterion, lambda doc: parse_time(doc["created"]))

    def _time_test(self, criterion: Criterion, time: Callable[[Doc], datetime]) -> Test:
        _allow(criterion, "=", "!=", "<", ">", "BETWEEN", "NOT BETWEEN", "SINCE LAST N DAYS")
        if criterion.operator == "SINCE LAST N DAYS":
            since = self._days_ago(criterion)
            return lambda doc: time(doc) > since
        if criterion.operator.endswith("BETWEEN"):
            first, last = criterion.times(2)
            within = criterion.operator == "BETWEEN"
            return lambda doc: (first <= time(doc) <= last) == within
        (wanted,), compare = criterion.times(1), COMPARE[criterion.operator]
        return lambda doc: compare(time(doc), wanted)

    def _parent(self, criterion: Criterion) -> Test:
        _allow(criterion, "=", "IN", "EMPTY", "NOT EMPTY")
        if criterion.operator in ("EMPTY", "NOT EMPTY"):
            return lambda doc: (not doc["parent"]) == (criterion.operator == "EMPTY")
        if criterion.operator == "IN":
            codes = frozenset(criterion.codes())
            return lambda doc: (doc["parent"] or "").lower() in codes
        code = criterion.text().lower()
        if code not in self._store.models:
            raise unprocessable(f'Object "product model" with code "{criterion.value}" does not exist')
        return lambda doc: (
            (doc["parent"] or "").lower() == code
            or any((model["parent"] or "").lower() == code for model in self._store.ancestors(doc))
        )

    def _uuid(self, criterion: Criterion) -> Test:
        _allow(criterion, "IN", "NOT IN")
        codes, within = frozenset(criterion.codes()), criterion.operator == "IN"
        return lambda doc: (doc["uuid"].lower() in codes) == within

    def _identifier(self, criterion: Criterion) -> Test:
        _allow(
            criterion, "=", "!=", "IN", "NOT IN", "STARTS WITH", "CONTAINS", "DOES NOT CONTAIN", "EMPTY", "NOT EMPTY"
        )

        def identifier(doc: Doc) -> str:
            return str(doc["code"]) if self._models else self._store.identifier(doc) or ""

        if criterion.operator in ("EMPTY", "NOT EMPTY"):
            return lambda doc: (not identifier(doc)) == (criterion.operator == "EMPTY")
        if criterion.operator in ("IN", "NOT IN"):
            codes, within = frozenset(criterion.codes()), criterion.operator == "IN"
            if within and not self._models and len(codes) > MAX_IDENTIFIERS:
                raise ApiError(
                    400, f"The identifier filter can't contain more than {MAX_IDENTIFIERS} product identifiers."
                )
            return lambda doc: (identifier(doc).lower() in codes) == within
        fits = text_test(criterion)
        return lambda doc: fits(identifier(doc))

    def _quality_score(self, criterion: Criterion) -> Test:
        _allow(criterion, "IN")
        scores = criterion.codes()
        return lambda doc: "a" in scores  # every item of a demo PIM has the score A

    def _completeness(self, criterion: Criterion) -> Test:
        operator = criterion.operator
        plain, _, on_all = operator.partition(" ON ALL LOCALES")
        del on_all
        words = {"GREATER THAN": ">", "GREATER OR EQUALS THAN": ">=", "LOWER THAN": "<", "LOWER OR EQUALS THAN": "<="}
        for_models = self._models and operator in MODEL_COMPLETENESS
        if not for_models and (self._models or (operator not in COMPARE and (plain == operator or plain not in words))):
            raise criterion.unsupported()
        channel = self._store.docs("channels").get(criterion.scope or "")
        if channel is None:
            raise unprocessable(f'Property "completeness" expects an existing scope, "{criterion.scope or ""}" given.')
        named = [criterion.locale] if criterion.locale else list(criterion.locales)
        if unknown := [locale for locale in named if locale not in channel["locales"]]:
            raise unprocessable(f'Property "completeness" expects an existing locale, "{unknown[0]}" given.')
        scope, locales = str(criterion.scope), named or list(channel["locales"])
        if for_models:
            return self._model_completeness(operator, scope, locales)
        if not isinstance(criterion.value, int) or isinstance(criterion.value, bool):
            raise criterion.wrong_value("a numeric")
        compare, wanted = COMPARE[words.get(plain, plain)], criterion.value
        combine = all if operator not in COMPARE else any

        def test(doc: Doc) -> bool:
            found = [self._ratio(doc, scope, locale) for locale in locales]
            return combine(one is not None and compare(one, wanted) for one in found)

        return test

    def _ratio(self, doc: Doc, scope: str, locale: str) -> int | None:
        for hint in self._store.products.hints(doc["uuid"]).get("_completeness", ()):
            if (hint["scope"], hint["locale"]) == (scope, locale):
                return int(hint["data"])
        return ratio(self._store, doc, scope, locale)

    def _model_completeness(self, operator: str, scope: str, locales: list[str]) -> Test:
        combine = any if operator.startswith("AT LEAST") else all
        wanted = operator.endswith(" COMPLETE")
        products = self._store.products

        def test(doc: Doc) -> bool:
            code = doc["code"].lower()
            below = [*products.children(code)]
            for sub_model in self._store.models.children(code):
                below += products.children(sub_model)
            variants = [products.doc(key) for key in below]
            return bool(variants) and all(
                combine((self._ratio(variant, scope, locale) == 100) == wanted for variant in variants)
                for locale in locales
            )

        return test


def select(
    store: Store, items: Items, criteria: Sequence[Criterion], scope: str | None, now: datetime
) -> Sequence[str]:
    """Return the keys of the items that pass all criteria and, with a scope, stand in that channel's tree.

    The answer is kept until something is edited: a client reads it page by page.
    """
    if scope is not None:
        tree = store.docs("channels")[scope]["category_tree"]
        criteria = [*criteria, Criterion("categories", "IN CHILDREN", [tree])]
    if not criteria:
        return items.keys
    search = Search(store, items, criteria, now)
    if any(criterion.operator == "SINCE LAST N DAYS" for criterion in criteria):
        return search.keys()  # depends on the clock as well
    return store.remembered(f"select {items.path} {criteria!r}", search.keys)


def _allow(criterion: Criterion, *operators: str) -> None:
    if criterion.operator not in operators:
        raise criterion.unsupported()
