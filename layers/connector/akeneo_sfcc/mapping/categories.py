"""PIM category trees → storefront catalogue categories (docs/mapping.md section 4).

Codes are joined without regard to case, as the PIM itself does, and written in the category's own case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.pim.model import Category, Structure
from akeneo_sfcc.settings import Settings, StorefrontCatalog
from akeneo_sfcc.sfcc.catalog import XML_LANG, serialise
from akeneo_sfcc.sfcc.limits import GENERIC_ID_LENGTH, STRING_LENGTH, cut, is_id

ROOT = "root"


@dataclass(frozen=True, slots=True)
class PlacedCategory:
    """A category in a storefront catalogue: its id's parent there, position among siblings from 1, depth from 1."""

    category: Category
    parent: str
    position: int
    depth: int


@dataclass(frozen=True, slots=True)
class CatalogueTree:
    """The categories of one storefront catalogue.

    root: the PIM category that is the catalogue's `root`, None when the trees hang under it. placed: in PIM tree
    order, parents before children. rejected: codes left out, each with its whole subtree, in PIM tree order.
    """

    catalogue: StorefrontCatalog
    root: Category | None
    placed: tuple[PlacedCategory, ...]
    rejected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoneCategory:
    """A category an earlier run wrote; `depth` as it was then, 1 directly under the catalogue's root."""

    code: str
    depth: int


class CategoryTrees:
    """The PIM's category trees, and what of them each storefront catalogue shows."""

    def __init__(self, settings: Settings, structure: Structure) -> None:
        """Place every category once; both arguments must have passed the check of the configuration."""
        self._children: dict[str | None, list[Category]] = defaultdict(list)
        self._by_code: dict[str, Category] = {}
        for category in structure.categories:
            self._by_code.setdefault(category.code.lower(), category)
        for category in self._by_code.values():
            self._children[None if category.parent is None else category.parent.lower()].append(category)
        self._order: dict[str, int] = {}
        self._tree: dict[str, str] = {}
        for tree in self._children[None]:
            for category in self._walk(tree):
                self._order[category.code.lower()] = len(self._order)
                self._tree[category.code.lower()] = tree.code
        self.catalogues: Mapping[str, CatalogueTree] = {
            catalogue.id: self._place(catalogue, structure.channel.category_tree)
            for catalogue in settings.storefront_catalogs
        }
        self._assignable = {
            id_: {p.category.code.lower(): p.category.code for p in tree.placed}
            for id_, tree in self.catalogues.items()
        }

    def tree_of(self, code: str) -> str | None:
        """Return the code of the tree a category is in, None for a category that is in none."""
        return self._tree.get(code.lower())

    def order(self, code: str) -> int:
        """Return a category's place in PIM tree order over all trees; unknown ones come last."""
        return self._order.get(code.lower(), len(self._order))

    def assignable(self, catalogue: str, codes: Iterable[str]) -> list[str]:
        """Return the ids among `codes` products may be assigned to in a catalogue, in PIM tree order, once each."""
        known = self._assignable[catalogue]
        found = {known[code.lower()] for code in codes if code.lower() in known}
        return sorted(found, key=self.order)

    def _walk(self, top: Category) -> Iterator[Category]:
        """Yield a subtree in tree order, its top first; depth has no limit, so no recursion."""
        stack = [top]
        while stack:
            category = stack.pop()
            yield category
            stack.extend(reversed(self._children.get(category.code.lower(), ())))

    def _place(self, catalogue: StorefrontCatalog, channel_tree: str) -> CatalogueTree:
        root: Category | None = None
        if catalogue.root_category is not None:
            root = self._by_code[catalogue.root_category.lower()]
            tops = self._children.get(root.code.lower(), [])
        else:
            wanted = {code.lower() for code in catalogue.category_trees or (channel_tree,)}
            tops = [tree for tree in self._children[None] if tree.code.lower() in wanted]
        placed: list[PlacedCategory] = []
        rejected: list[str] = []
        positions: dict[str, int] = defaultdict(int)
        stack = [(top, ROOT, 1) for top in reversed(tops)]
        while stack:
            category, parent, depth = stack.pop()
            if not _is_id(category.code):
                rejected += [below.code for below in self._walk(category)]
                continue
            positions[parent] += 1
            placed.append(PlacedCategory(category, parent, positions[parent], depth))
            below = self._children.get(category.code.lower(), ())
            stack.extend((child, category.code, depth + 1) for child in reversed(below))
        return CatalogueTree(catalogue, root, tuple(placed), tuple(rejected))


def category_issues(trees: CategoryTrees) -> list[Issue]:
    """Return one reject per category that some storefront catalogue leaves out, in PIM tree order."""
    codes = {code for tree in trees.catalogues.values() for code in tree.rejected}
    return [Issue("reject", "category", "bad_id", id=code) for code in sorted(codes, key=trees.order)]


def category_elements(tree: CatalogueTree, locales: LocalePlan) -> Iterator[bytes]:
    """Yield the `<category>` elements of a storefront catalogue: `root`, then all others, parents first."""
    top = etree.Element("category", {"category-id": ROOT})
    if tree.root is not None:
        _display_names(top, tree.root, locales)
    _text(top, "online-flag", "true")
    yield serialise(top)
    online = "true" if tree.catalogue.categories_online else "false"
    for placed in tree.placed:
        element = etree.Element("category", {"category-id": placed.category.code})
        _display_names(element, placed.category, locales)
        _text(element, "online-flag", online)
        _text(element, "parent", placed.parent)
        _text(element, "position", str(placed.position))
        yield serialise(element)


def deletion_elements(gone: Sequence[GoneCategory]) -> Iterator[bytes]:
    """Yield the elements that delete categories, in the order given."""
    for category in gone:
        yield serialise(etree.Element("category", {"category-id": category.code, "mode": "delete"}))


def gone_categories(tree: CatalogueTree, committed: Iterable[GoneCategory]) -> list[GoneCategory]:
    """Return the committed categories the catalogue no longer has, deepest first.

    Deepest first, because SFCC deletes a category's whole subtree with it. A category that is rejected now is still
    in the PIM: it has not gone.
    """
    there = {p.category.code for p in tree.placed} | set(tree.rejected)
    gone = [category for category in committed if category.code not in there]
    return sorted(gone, key=lambda category: (-category.depth, category.code))


def committed_categories(tree: CatalogueTree, committed: Iterable[GoneCategory]) -> list[GoneCategory]:
    """Return what the next run must know as written: what is placed now, and what stays although it is rejected."""
    rejected = set(tree.rejected)
    kept = [category for category in committed if category.code in rejected]
    return [GoneCategory(p.category.code, p.depth) for p in tree.placed] + sorted(kept, key=lambda c: c.code)


def _is_id(code: str) -> bool:
    """Tell whether a code can be a category-id; `root` is the catalogue's own top and never another category."""
    return code != ROOT and is_id(code, GENERIC_ID_LENGTH)


def _display_names(element: etree._Element, category: Category, locales: LocalePlan) -> None:
    for lang, text in locales.labels(category.labels, category.code):
        _text(element, "display-name", cut(text, STRING_LENGTH)).set(XML_LANG, lang)


def _text(parent: etree._Element, tag: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, tag)
    child.text = text
    return child
