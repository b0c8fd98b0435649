"""Read Structure: everything but the items, read once per run and checked against the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.errors import NotFoundError
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.values import SELECT_TYPES
from akeneo_sfcc.pim import parse
from akeneo_sfcc.pim.model import (
    AttributeOption,
    Channel,
    FamilyVariant,
    MeasurementFamily,
    Structure,
)
from akeneo_sfcc.pim.structure_file import dump
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.contracts import ReadStructureResult, StageTask
from akeneo_sfcc.stages.option_files import OPTIONS, plan_options
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.structure_check import check_structure, unknown
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import ATTRIBUTES, PRODUCTS
from akeneo_sfcc.storage.layout import RunLayout

Item = TypeVar("Item")
Raw = Mapping[str, Any]


def read_structure(task: StageTask, services: Services) -> ReadStructureResult:
    """Read the structure, check the configuration against it, and keep it for the run.

    The job that imports attributes leaves the options to Read Options, in parallel, and gets the batches for it: there
    is no other call for options than a list per select. The media job needs none.
    Raises ConfigurationError with every mismatch.
    """
    run = task.run
    settings = services.settings(run.scope)
    pim = services.pim(settings)
    layout = RunLayout(run.job, run.run_id)
    with Tally(services, run, "read_structure") as tally:
        tally.watch(pim)
        reads_options = run.family == PRODUCTS
        structure, problems = fetch_structure(pim, settings, options=reads_options)
        problems += check_structure(settings, structure)
        if problems:
            raise ConfigurationError(list(dict.fromkeys(problems)))
        body = dump(structure)
        services.store.put(layout.structure, body)
        tally.wrote(len(body))
        if run.family == ATTRIBUTES:
            plan_options(services, run, AttributePlan(settings, structure))
    return ReadStructureResult(
        options_key=layout.plan(OPTIONS) if run.family == ATTRIBUTES else None,
        counts={
            "attributes": len(structure.attributes),
            "options": sum(map(len, structure.options.values())),
            "families": len(structure.families),
            "family_variants": len(structure.family_variants),
            "categories": len(structure.categories),
        },
    )


def fetch_structure(pim: AkeneoClient, settings: Settings, *, options: bool = True) -> tuple[Structure, list[str]]:
    """Read the structure, with or without the options of selects; return it and what is wrong with the channel.

    An unknown channel does not end the reading: one that has whatever is configured stands in, so that all else that
    is wrong can be told in the same breath.
    """
    with ThreadPoolExecutor(settings.pim.max_concurrency) as pool:
        try:
            return _fetch(pim, settings, pool, options)
        except BaseException:
            # Hundreds of option lists may be waiting; nobody needs them now.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch(
    pim: AkeneoClient, settings: Settings, pool: ThreadPoolExecutor, with_options: bool
) -> tuple[Structure, list[str]]:
    def start(path: str, made: Callable[[Raw], Item]) -> Future[list[Item]]:
        return pool.submit(lambda: [made(raw) for raw in pim.items(path)])

    version = pool.submit(pim.version)
    channels = start("channels", parse.channel)
    families = start("families", parse.family)
    attributes = start("attributes", parse.attribute)
    categories = start("categories", parse.category)
    groups = start("attribute-groups", parse.attribute_group)
    association_types = start("association-types", parse.association_type)
    measures = pool.submit(_measurement_families, pim)
    known_families = _by_code(families.result())
    variants: list[Future[list[FamilyVariant]]] = [
        start(f"families/{code}/variants", partial(parse.family_variant, family=code)) for code in known_families
    ]
    channel, problems = _channel(settings, channels.result())
    number, edition = version.result()
    structure = Structure(
        channel=channel,
        locales=settings.pim.locales or channel.locales,
        attributes=_by_code(attributes.result()),
        attribute_groups=_by_code(groups.result()),
        families=known_families,
        family_variants={variant.code: variant for found in variants for variant in found.result()},
        options={},
        categories=tuple(categories.result()),
        association_types=_by_code(association_types.result()),
        measurement_families=measures.result(),
        version=number,
        edition=edition,
        products_by_uuid=pim.products_by_uuid(),
    )
    if not with_options:
        return structure, problems
    # Which options are needed shows only now: an excluded select may be an axis of some family variant.
    options = {
        code: start(f"attributes/{code}/options", parse.attribute_option) for code in _selects(structure, settings)
    }
    return replace(structure, options={code: _in_order(found.result()) for code, found in options.items()}), problems


def _channel(settings: Settings, channels: Iterable[Channel]) -> tuple[Channel, list[str]]:
    known = {channel.code: channel for channel in channels}
    if settings.pim.channel in known:
        return known[settings.pim.channel], []
    stand_in = Channel(settings.pim.channel, settings.pim.locales or (), (), "")
    return stand_in, [unknown("pim.channel", "is no channel of the PIM", settings.pim.channel, known)]


def _selects(structure: Structure, settings: Settings) -> Iterator[str]:
    """Yield the selects whose options any output may need.

    An excluded one is skipped to spare its calls, unless it is an axis or mapped to an attribute of SFCC.
    """
    plan = AttributePlan(settings, structure)
    mapped = set(plan.custom_targets).union(*plan.system_sources.values())
    for code, attribute in structure.attributes.items():
        if attribute.type in SELECT_TYPES and (code not in plan.excluded or code in plan.axes or code in mapped):
            yield code


def _measurement_families(pim: AkeneoClient) -> dict[str, MeasurementFamily]:
    try:
        return _by_code([parse.measurement_family(raw) for raw in pim.array("measurement-families")])
    except NotFoundError:
        # PIMs before version 5 do not have the endpoint; units are then compared by their names.
        return {}


def _in_order(options: list[AttributeOption]) -> tuple[AttributeOption, ...]:
    return tuple(sorted(options, key=lambda option: (option.sort_order, option.code)))


def _by_code(found: Iterable[Any]) -> dict[str, Any]:
    return {one.code: one for one in found}
