"""Holds a finished import against what the oracle expects, and says every difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.e2e.exported import Export
from tests.e2e.imports import export_of
from tests.e2e.oracle import Element, Expected
from tests.fakes.in_process import Finished

Validate = Callable[[bytes], None]


def compare(finished: Finished, expected: Expected, document: dict[str, Any], export: Export | None = None) -> None:
    """Fail with everything that is not as expected; export: other files than the run's own."""
    export = export or export_of(finished)
    wrong: list[str] = []
    for catalogue in (one["id"] for one in document["master_catalogs"]):
        found, wanted = export.products(catalogue), expected.products[catalogue]
        wrong += differences(f"{catalogue} products", dict.fromkeys(wanted), dict.fromkeys(found))
        for id_ in wanted.keys() & found.keys():
            wrong += element_differences(f"{catalogue} {id_}", wanted[id_], found[id_])
        wrong += differences(f"{catalogue} masters", expected.masters[catalogue], export.masters(catalogue))
        wrong += differences(f"{catalogue} relations", expected.relations[catalogue], export.relations(catalogue))
    for storefront in (one["id"] for one in document["storefront_catalogs"]):
        wrong += differences(f"{storefront} categories", expected.categories[storefront], export.categories(storefront))
        wrong += differences(
            f"{storefront} assignments", expected.assignments[storefront], export.assignments(storefront)
        )
        wrong += differences(
            f"{storefront} recommendations", expected.recommendations[storefront], export.recommendations(storefront)
        )
    records = finished.records()
    wrong += differences("rejects", expected.rejects, rejects(records))
    wrong += differences("value records", expected.issues, value_records(records))
    counts = finished.report()["counts"]
    for kind, numbers in expected.counts.items():
        wrong += differences(f"counts of {kind}", numbers, counts[kind])
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:40])


def rejects(records: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """The items that were left out."""
    kinds = ("product", "model")
    return {
        (one["kind"], one["id"], one["reason"])
        for one in records
        if one["severity"] == "reject" and one["kind"] in kinds
    }


def value_records(records: list[dict[str, Any]]) -> set[tuple[str, str, str | None, str]]:
    """What was recorded about values and associations of items."""
    kinds = ("value", "option", "association")
    about_items = (one for one in records if one["kind"] in kinds and one["reason"] != "unmapped_association_type")
    return {(one["severity"], one["id"], one["attribute"], one["reason"]) for one in about_items}


def element_differences(where: str, wanted: Element, found: Element) -> list[str]:
    """Compare one product."""
    wrong = differences(f"{where} values", wanted.values, found.values)
    if wanted.online != found.online:
        wrong.append(f"{where}: expected online {wanted.online}, found {found.online}")
    if wanted.variations != found.variations:
        wrong.append(f"{where} variations:\n  expected {wanted.variations}\n  found    {found.variations}")
    return wrong


def differences(where: str, wanted: Any, found: Any) -> list[str]:
    """Say what is missing, too much or different in two mappings, sets or lists."""
    if isinstance(wanted, list):
        both = zip(wanted, found, strict=False)
        wrong = [f"{where}: expected {one}, found {other}" for one, other in both if one != other]
        return wrong + ([f"{where}: expected {len(wanted)}, found {len(found)}"] if len(wanted) != len(found) else [])
    wrong = [f"{where}: missing {key}" for key in wanted - found] if isinstance(wanted, set) else []
    if isinstance(wanted, set):
        return wrong + [f"{where}: too much {key}" for key in found - wanted]
    wrong = [f"{where}: missing {key} = {wanted[key]!r}" for key in wanted.keys() - found.keys()]
    wrong += [f"{where}: too much {key} = {found[key]!r}" for key in found.keys() - wanted.keys()]
    both_have = wanted.keys() & found.keys()
    return wrong + [
        f"{where}: {key}: expected {wanted[key]!r}, found {found[key]!r}"
        for key in both_have
        if wanted[key] != found[key]
    ]


def validate(finished: Finished, sfcc_xsd: Validate) -> None:
    """Fail unless every file is valid against SFCC's schema."""
    export = Export(finished.files())
    assert export.xml_files
    for body in export.xml_files.values():
        sfcc_xsd(body)
