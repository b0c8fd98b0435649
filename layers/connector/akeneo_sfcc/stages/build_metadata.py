"""Build Metadata: write the file that tells SFCC of all attributes, options and groups (docs/mapping.md section 2).

One attribute with its options is in memory at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.attribute_state import DefinedAttribute, type_changes
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.definitions import AttributeDefinition, value_definitions
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.metadata import GroupPlan, definition_element
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.pim.model import AttributeOption, Structure
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.metadata import MetadataFile, attribute_group
from akeneo_sfcc.stages.committed_attributes import (
    CommittedAttributes,
    StateJoin,
    read_committed_attributes,
    unite_lines,
)
from akeneo_sfcc.stages.contracts import RunContext, StageResult, StageTask
from akeneo_sfcc.stages.option_files import OptionNote, read_notes, read_option_files
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure, state_layout
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import write_lines

METADATA_PATH = "meta/system-objecttype-extensions.xml"
_NOTED_ATTRIBUTES = 200
_NOTED_OPTIONS = 20


def build_metadata(task: StageTask, services: Services) -> StageResult:
    """Write the metadata file and the new state.

    Raises DataError, before anything is written, when an attribute SFCC holds would change its type and
    `attributes.allow_type_change` does not list it.
    """
    run = task.run
    settings = services.settings(run.scope)
    read = read_notes(services, run)
    structure = kept_structure(services, run)
    # The plan has to know which selects are empty, and nothing else of options.
    structure = replace(structure, options={code: () for code, note in read.items() if not note.usable})
    before = read_committed_attributes(services.store, run.committed)
    attempted = read_committed_attributes(services.store, run.attempted)
    locales = LocalePlan(settings, structure)
    plan = AttributePlan(settings, structure, locales)
    for known in (before, attempted):
        _check_types(services, settings, plan, known)
    with Tally(services, run, "build_metadata") as tally:
        build = _Build(services, run, settings, structure, read, tally)
        _count_attributes(tally, plan)
        for code in read:
            if not plan.roles[code].defined:
                # Not one of its options can be a value; each is accounted for all the same.
                value_definitions(build.options(code), locales, code, build.report)
        groups = GroupPlan(settings, structure, locales, build.report)
        build.write(plan, groups, before, attempted)
        build.tell()
    return StageResult(counts=tally.counts)


def _check_types(services: Services, settings: Settings, plan: AttributePlan, before: CommittedAttributes) -> None:
    known = {line.id: replace(line, options=()) for line in before.lines(services.store)}
    problems = type_changes(known, plan.definitions(lambda code: ()), settings.attributes.allow_type_change)
    if problems:
        raise DataError("\n".join(problems))


def _count_attributes(tally: Tally, plan: AttributePlan) -> None:
    """Account for every attribute of the PIM: one that the configuration keeps out is filtered."""
    tally.issues(plan.issues)
    rejected = {issue.attribute for issue in plan.issues if issue.severity == "reject"}
    written = sum(role.defined for role in plan.roles.values())
    tally.count("attribute", "read", len(plan.roles))
    tally.count("attribute", "written", written)
    tally.count("attribute", "rejected", len(rejected))
    tally.count("attribute", "filtered", len(plan.roles) - written - len(rejected))


class _Build:
    """Writes the file and the state side by side, and remembers what is to be told of the differences."""

    def __init__(
        self,
        services: Services,
        run: RunContext,
        settings: Settings,
        structure: Structure,
        read: Mapping[str, OptionNote],
        tally: Tally,
    ) -> None:
        self._services = services
        self._read = read
        self._run = run
        self._structure = structure
        self._tally = tally
        self._reports_left = settings.deletions.attributes == "report"
        self._notes: list[str] = []

    def report(self, issue: Issue) -> None:
        """Record an issue; a rejected option was read, too."""
        self._tally.issue(issue)
        if (issue.severity, issue.kind) == ("reject", "option"):
            self._tally.count("option", "read")
            self._tally.count("option", "rejected")

    def options(self, code: str) -> Iterable[AttributeOption]:
        """Return the options of an attribute as they were read."""
        note = self._read[code]
        return read_option_files(self._services, self._run, code, note.first, note.last)

    def write(
        self, plan: AttributePlan, groups: GroupPlan, before: CommittedAttributes, attempted: CommittedAttributes
    ) -> None:
        """Write the export file, the note for the manifest, and the state, over what SFCC holds or may hold."""
        store = self._services.store
        layout = RunLayout(self._run.job, self._run.run_id)
        state = state_layout(self._run)
        state_key = state.shard(0, self._run.run_id)
        items = Counter[str]()
        with (
            write_lines(store, state_key) as write,
            store.write(layout.export(METADATA_PATH)) as target,
            MetadataFile(target) as file,
        ):
            known = unite_lines(before.lines(store), attempted.lines(store))
            join = StateJoin(known, write, self._compare, self._left)
            for definition in plan.definitions(self.options, self.report):
                file.write_definition(definition_element(definition))
                join.add(DefinedAttribute.of(definition))
                groups.add(definition)
                self._count(definition)
                items["attribute-definition"] += 1
            join.finish()
            made = groups.groups({*before.groups, *attempted.groups})
            for group in made:
                file.write_group(attribute_group(group))
                items["attribute-group"] += 1
        self._tally.wrote(file.size)
        entry = {"path": METADATA_PATH, "size": file.size, "sha256": file.sha256, "items": dict(items)}
        store.put(layout.files("build_metadata", "all"), orjson.dumps({"files": [entry]}))
        manifest = CommittedAttributes(state_key, tuple(group.id for group in made), self._run.run_id)
        store.put(state.manifest(self._run.run_id), manifest.dump())

    def tell(self) -> None:
        """Put what has left into the report."""
        for note in self._notes[:_NOTED_ATTRIBUTES]:
            self._tally.note(note)
        if len(self._notes) > _NOTED_ATTRIBUTES:
            self._tally.note(f"… and {len(self._notes) - _NOTED_ATTRIBUTES} more attributes that changed")

    def _count(self, definition: AttributeDefinition) -> None:
        if definition.values:
            self._tally.count("option", "read", len(definition.values))
            self._tally.count("option", "written", len(definition.values))

    def _compare(self, old: DefinedAttribute, now: DefinedAttribute) -> None:
        gone = sorted(set(old.options) - set(now.options))
        if gone and self._reports_left:
            rest = f" and {len(gone) - _NOTED_OPTIONS} more" if len(gone) > _NOTED_OPTIONS else ""
            named = ", ".join(gone[:_NOTED_OPTIONS])
            self._notes.append(f"options of {now.id} ({now.code}) that left the PIM: {named}{rest}")

    def _left(self, old: DefinedAttribute) -> None:
        if not self._reports_left:
            return
        is_there = old.code in self._structure.attributes
        why = "is not defined under this id any more" if is_there else "left the PIM"
        self._notes.append(f"attribute {old.id} ({old.code}) {why}; SFCC keeps its definition and its values")
