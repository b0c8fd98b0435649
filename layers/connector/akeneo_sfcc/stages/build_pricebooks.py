"""Build Pricebooks: one file per currency, its rows by product id, over the prices written before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.prices import PricePlan
from akeneo_sfcc.sfcc.pricebook import PricebookFile
from akeneo_sfcc.stages.committed_media import CommittedMedia, read_committed_media
from akeneo_sfcc.stages.contracts import RunContext, StageResult, StageTask
from akeneo_sfcc.stages.gather_media import PRICES
from akeneo_sfcc.stages.media_parts import finished_media_parts
from akeneo_sfcc.stages.plan_media import media_mapper
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure, state_layout
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines, write_lines

PRICEBOOKS = "pricebooks"
"""Names the note on what was written, for the state."""

HELD = "held-prices"
"""Names the file of prices that SFCC may hold after an unfinished delivery, among the indexes of the state."""


def build_pricebooks(task: StageTask, services: Services) -> StageResult:
    """Write all price books and note the new state of prices.

    Raises DataError when more products than `deletions.max_ratio` would lose their prices because they were not read.
    """
    run = task.run
    settings = services.settings(run.scope)
    layout = RunLayout(run.job, run.run_id)
    committed = read_committed_media(services.store, run.committed)
    attempted = read_committed_media(services.store, run.attempted)
    plan = media_mapper(services, run, settings, kept_structure(services, run)).prices
    with Tally(services, run, "build_pricebooks") as tally:
        _tell(services, run, plan, committed, tally)
        with _Books(services, layout) as books:
            known = {*committed.pricebooks.items(), *attempted.attempted_books}
            for currency, id_ in sorted(known):
                if plan.books.get(currency) != id_:
                    books.open(currency, id_, online=False)
            join = _Join(run.mode == "full", {c: books.open(c, id_, online=True) for c, id_ in plan.books.items()})
            prices = [committed.prices, attempted.attempted_prices]
            prices_key = committed.prices
            if plan.attribute is not None or run.attempted is not None:
                prices_key = _write_rows(services, run, prices, join, looks=plan.attribute is not None)
            if join.lost > settings.deletions.max_ratio * join.had:
                raise DataError(
                    f"deletions.max_ratio: {join.lost} of {join.had} products with a price were not found any "
                    f"more; allowed: {settings.deletions.max_ratio:.2%}"
                )
        files = books.files()
        services.store.put(layout.files("build_pricebooks", "all"), orjson.dumps({"files": files}))
        priced = committed.priced if prices_key == committed.prices else join.priced
        note: dict[str, Any] = {"prices": prices_key, "priced": priced, "books": plan.books}
        if run.attempted is not None:
            note |= {
                "held_prices": _write_held(services, run, [*prices, prices_key]),
                "held_books": sorted({*known, *plan.books.items()}),
            }
        services.store.put(layout.plan(PRICEBOOKS), orjson.dumps(note))
        tally.count("price", "read", join.rows)
        tally.count("price", "written", join.rows)
        tally.wrote(sum(book.size for book in books.written.values()), len(files))
    return StageResult(counts={"books": len(files), "rows": join.rows, "removed": join.removed})


class _Books:
    """The files being written, by path; all appear when the block ends well, none otherwise."""

    def __init__(self, services: Services, layout: RunLayout) -> None:
        self._store = services.store
        self._layout = layout
        self._open = ExitStack()
        self.written: dict[str, PricebookFile] = {}

    def __enter__(self) -> _Books:
        self._open.__enter__()
        return self

    def __exit__(self, *error: object) -> bool | None:
        return self._open.__exit__(*error)  # type: ignore[arg-type]

    def open(self, currency: str, id_: str, *, online: bool) -> PricebookFile:
        path = f"pricebooks/{id_}.xml"
        target = self._open.enter_context(self._store.write(self._layout.export(path)))
        self.written[path] = self._open.enter_context(PricebookFile(target, id_, currency, online=online))
        return self.written[path]

    def files(self) -> list[dict[str, object]]:
        return [
            {"path": path, "size": book.size, "sha256": book.sha256, "items": {"price-table": book.rows}}
            for path, book in sorted(self.written.items())
        ]


@dataclass(slots=True)
class _Join:
    """Writes each product's rows.

    priced: products with a price after this run. had: those that had one before. lost: those of them that were not
    found. removed: prices taken back.
    """

    full: bool
    books: Mapping[str, PricebookFile]
    rows: int = 0
    removed: int = 0
    priced: int = 0
    had: int = 0
    lost: int = 0

    def take(self, id_: str, was_read: bool, amounts: Mapping[str, str] | None, had: list[str]) -> list[str]:
        """Write a product's rows and removals; return the currencies it has a price in from now on.

        amounts: None for a product that is rejected. What was written of one stays, and of one not looked at, too.
        """
        self.had += bool(had)
        if amounts is None and (was_read or not self.full):
            self.priced += bool(had)
            return had
        if not was_read:
            self.lost += 1
        now = amounts or {}
        for currency, book in self.books.items():
            if currency in now:
                book.price(id_, now[currency])
                self.rows += 1
            elif currency in had:
                book.remove(id_)
                self.removed += 1
        # Rows in the book of a currency that is not activated any more stay there, and are remembered.
        has = sorted({*now, *(currency for currency in had if currency not in self.books)})
        self.priced += bool(has)
        return has


def _write_rows(services: Services, run: RunContext, prices: Iterable[str | None], join: _Join, *, looks: bool) -> str:
    """Walk along the products read and those priced before, both by id; write rows and the new state.

    prices: keys of what was written before. looks: False where no price is read any more; what was written stays then.
    """
    key = state_layout(run).index(PRICES, 0, run.run_id)
    read = _prices(services, run) if looks else iter(())
    before = _written_prices(services, prices)
    join.full = join.full and looks
    one, other = next(read, None), next(before, None)
    with write_lines(services.store, key) as write:
        while one is not None or other is not None:
            is_read = one is not None and (other is None or one[0] <= other[0])
            is_known = other is not None and (one is None or other[0] <= one[0])
            id_ = one[0] if one is not None and is_read else other[0] if other is not None else b""
            amounts = one[1] if one is not None and is_read else None
            had = other[1] if other is not None and is_known else []
            if has := join.take(id_.decode(), is_read, amounts, had):
                write(orjson.dumps([id_.decode(), has]))
            one = next(read, None) if is_read else one
            other = next(before, None) if is_known else other
    return key


def _prices(services: Services, run: RunContext) -> Iterator[tuple[bytes, dict[str, str] | None]]:
    """Yield id and prices of every product read, by id, each once."""
    key = RunLayout(run.job, run.run_id).part(PRICES, 0, 0, 0, "items")
    # By id in bytes, not by line: JSON escapes would sort otherwise. About 100 MB for a million products.
    lines = sorted((orjson.loads(line)[0].encode(), line) for line in read_lines(services.store, key))
    previous = None
    for id_, line in lines:
        if id_ != previous:
            yield id_, orjson.loads(line)[1]
        previous = id_


def _write_held(services: Services, run: RunContext, prices: Iterable[str | None]) -> str:
    """Write which prices SFCC may hold if this run dies while it delivers; return the file's key."""
    key = state_layout(run).index(HELD, 0, run.run_id)
    with write_lines(services.store, key) as write:
        for id_, currencies in _written_prices(services, prices):
            write(orjson.dumps([id_.decode(), currencies]))
    return key


def _written_prices(services: Services, prices: Iterable[str | None]) -> Iterator[tuple[bytes, list[str]]]:
    """Yield the ids of all products that have a price in one of these files, by id, and the currencies of all."""
    files = [_price_lines(services, key) for key in dict.fromkeys(prices) if key is not None]
    for id_, same in groupby(merge(*files), key=itemgetter(0)):
        yield id_, sorted({currency for _, currencies in same for currency in currencies})


def _price_lines(services: Services, key: str) -> Iterator[tuple[bytes, list[str]]]:
    for line in read_lines(services.store, key):
        id_, currencies = orjson.loads(line)
        yield id_.encode(), currencies


def _tell(services: Services, run: RunContext, plan: PricePlan, committed: CommittedMedia, tally: Tally) -> None:
    """Put into the report what the rows do not show."""
    if plan.unusable:
        tally.note(f"no price book for {', '.join(plan.unusable)}: SFCC takes currencies of three letters (ISO 4217)")
    inactive = {code for marker in finished_media_parts(services, run) for code in marker["inactive"]}
    if inactive:
        tally.note(f"prices in {', '.join(sorted(inactive))} were left out: not activated on the channel")
    new = sorted(id_ for currency, id_ in plan.books.items() if committed.pricebooks.get(currency) != id_)
    if run.mode != "full" and new:
        tally.note(f"new price books hold only what this run read: {', '.join(new)}; a full run fills them")
