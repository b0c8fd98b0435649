"""Every key in the bucket is built here and nowhere else.

Numbers are padded with zeros, so that the byte order in which S3 lists keys is their numeric order. What
comes from outside (run ids, catalogue ids, paths, media codes) is checked before it becomes part of a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from akeneo_sfcc.errors import DataError

MAX_KEY_BYTES = 1024
"""S3's limit for a key in UTF-8 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html)."""

_STEP = re.compile(r"[0-9]{2}-[a-z]+")
_ORDINARY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""Paths that need no closer look: most of those that are built."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class RunLayout:
    """The keys of one run: work files under `runs/`, what SFCC gets under `exports/`."""

    job: str
    run_id: str

    def __post_init__(self) -> None:
        """Refuse names that would leave the run's folders."""
        _segment(self.job, "job")
        _segment(self.run_id, "run id")

    @property
    def work(self) -> str:
        """Return the prefix of the run's work files."""
        return f"runs/{self.job}/{self.run_id}/"

    @property
    def exports(self) -> str:
        """Return the prefix of the export tree."""
        return f"exports/{self.job}/{self.run_id}/"

    @property
    def structure(self) -> str:
        """Return the key of the PIM's structure as this run read it."""
        return f"{self.work}structure.json.gz"

    def plan(self, kind: str) -> str:
        """Return the key of a map's item file."""
        return f"{self.work}plan/{_segment(kind, 'kind')}.json"

    @property
    def shard_items(self) -> str:
        """Return the key of the shard map's item file."""
        return self.plan("shards")

    def parts(self, kind: str) -> str:
        """Return the prefix of all parts of a kind, listed by range, then part."""
        return f"{self.work}parts/{_segment(kind, 'kind')}/"

    def part(self, kind: str, range_index: int, part: int, number: int, content: str) -> str:
        """Return the key of one object of a part; content: "records" or "identities"."""
        name = f"{_number(range_index, 6)}-{_number(part, 4)}-{_number(number, 4)}"
        return f"{self.parts(kind)}{name}.{_segment(content, 'content')}.gz"

    def markers(self, kind: str) -> str:
        """Return the prefix of all markers of a kind."""
        return f"{self.work}markers/{_segment(kind, 'kind')}/"

    def marker(self, kind: str, range_index: int, part: int) -> str:
        """Return the key of the note that a part is written, with what is in it."""
        return f"{self.markers(kind)}{_number(range_index, 6)}-{_number(part, 4)}.json"

    @property
    def facts(self) -> str:
        """Return the key of what the run knows of all shards together."""
        return f"{self.work}facts/all.json.gz"

    def shard_facts(self, shard: int) -> str:
        """Return the key of what one shard has to know of the others."""
        return f"{self.work}facts/{_number(shard, 3)}.json.gz"

    def index_dir(self, name: str) -> str:
        """Return the prefix of an index's pieces."""
        return f"{self.work}index/{_segment(name, 'index')}/"

    def index(self, name: str, piece: int) -> str:
        """Return the key of one piece of an index."""
        return f"{self.index_dir(name)}{_number(piece, 4)}.gz"

    def options(self, attribute: str, part: int) -> str:
        """Return the key of a select attribute's options as the PIM sent them to one part of a batch."""
        return _key(f"{self.work}options/{_segment(attribute, 'attribute')}/{_number(part, 4)}.jsonl.gz")

    def missing(self, shard: int) -> str:
        """Return the key of the targets one shard's products name and that are not exported."""
        return f"{self.work}missing/{_number(shard, 3)}.jsonl.gz"

    @property
    def categories(self) -> str:
        """Return the key of the categories this run writes and of their files."""
        return f"{self.work}categories.json"

    @property
    def delivery_plan(self) -> str:
        """Return the key of the list of imports that deliver this run, in their order."""
        return f"{self.work}delivery/plan.json"

    @property
    def archives_dir(self) -> str:
        """Return the prefix of all notes on archives."""
        return f"{self.work}delivery/packed/"

    def packed(self, number: int) -> str:
        """Return the key of what is in one archive."""
        return f"{self.archives_dir}{_number(number, 6)}.json"

    def archive(self, file_name: str) -> str:
        """Return the key of an archive that is uploaded to SFCC."""
        return f"{self.work}delivery/archives/{_segment(file_name, 'archive')}"

    @property
    def imports_dir(self) -> str:
        """Return the prefix of what became of the imports."""
        return f"{self.work}delivery/imports/"

    def imported(self, position: int) -> str:
        """Return the key of what became of one import of the plan."""
        return f"{self.imports_dir}{_number(position, 6)}.json"

    @property
    def rejects_dir(self) -> str:
        """Return the prefix of all rejects and warnings."""
        return f"{self.work}rejects/"

    def rejects(self, stage: str, item: int | str) -> str:
        """Return the key of the rejects and warnings of one stage's item."""
        return f"{self.rejects_dir}{_segment(stage, 'stage')}-{_item(item)}.jsonl"

    @property
    def stats_dir(self) -> str:
        """Return the prefix of all counts."""
        return f"{self.work}stats/"

    def stats(self, stage: str, item: int | str) -> str:
        """Return the key of the counts of one stage's item."""
        return f"{self.stats_dir}{_segment(stage, 'stage')}-{_item(item)}.json"

    @property
    def files_dir(self) -> str:
        """Return the prefix of all notes on export files."""
        return f"{self.work}files/"

    def files(self, stage: str, item: int | str) -> str:
        """Return the key of what one stage's item says of the export files it wrote: size, hash, items."""
        return f"{self.files_dir}{_segment(stage, 'stage')}-{_item(item)}.json"

    @property
    def report(self) -> str:
        """Return the key of the report."""
        return f"{self.work}report.json"

    @property
    def report_html(self) -> str:
        """Return the key of the report as a page."""
        return f"{self.work}report.html"

    @property
    def records(self) -> str:
        """Return the key of all rejects and warnings in one file."""
        return f"{self.work}records.jsonl"

    @property
    def manifest(self) -> str:
        """Return the key of the list of export files in import order."""
        return f"{self.exports}manifest.json"

    def export(self, path: str) -> str:
        """Return the key of a file of the export tree; DataError for a path that would leave it."""
        return _key(self.exports + _relative(path, "export path"))

    def catalog_file(self, catalog: str, step: str, shard: int) -> str:
        """Return the key of a catalogue file; step: number and kind, `20-products`."""
        if not _STEP.fullmatch(step):
            raise DataError(f"step {step!r} is not two digits, a hyphen and a word")
        return _key(f"{self.exports}catalogs/{_segment(catalog, 'catalogue id')}/{step}-{_number(shard, 3)}.xml")


@dataclass(frozen=True, slots=True)
class StateLayout:
    """The keys of a scope's committed state.

    family: set for a family of jobs that keeps a state of its own beside the product jobs' one.
    """

    scope: str
    family: str | None = None

    def __post_init__(self) -> None:
        """Refuse names that would leave the scope's folder."""
        _segment(self.scope, "scope")
        if self.family is not None:
            _segment(self.family, "family")

    @property
    def prefix(self) -> str:
        """Return the prefix of the whole state."""
        return f"state/{self.scope}/" if self.family is None else f"state/{self.scope}/{self.family}/"

    def manifest(self, run_id: str) -> str:
        """Return the key of the list of what makes up the state a run committed."""
        return f"{self.prefix}manifest/{_segment(run_id, 'run id')}.json"

    def fingerprints(self, run_id: str) -> str:
        """Return the key of what all products depended on when a run wrote them."""
        return f"{self.prefix}fingerprints/{_segment(run_id, 'run id')}.json.gz"

    def shard(self, shard: int, run_id: str) -> str:
        """Return the key of one shard's records as a run left them."""
        return f"{self.prefix}{_number(shard, 3)}/{_segment(run_id, 'run id')}.jsonl.gz"

    def index(self, name: str, piece: int, run_id: str) -> str:
        """Return the key of one piece of an index as a run left it."""
        folder = f"{self.prefix}index/{_segment(name, 'index')}/{_number(piece, 4)}"
        return f"{folder}/{_segment(run_id, 'run id')}.gz"


def media(code: str) -> str:
    """Return the key of a binary, stored once for all runs; code: the PIM's media code."""
    return _key(f"media/{_relative(code, 'media code')}")


def _number(value: int, width: int) -> str:
    if not 0 <= value < 10**width:
        raise DataError(f"number {value} does not fit {width} digits, keys would not sort")
    return f"{value:0{width}d}"


def _item(item: int | str) -> str:
    return _number(item, 6) if isinstance(item, int) else _segment(item, "item")


def _segment(value: str, what: str) -> str:
    if "/" in value:
        raise DataError(f"{what} {value!r} has a slash in it")
    return _relative(value, what)


def _relative(path: str, what: str) -> str:
    if _ORDINARY.fullmatch(path):
        return path
    if path.startswith("/"):
        raise DataError(f"{what} {path!r} is absolute")
    if _CONTROL.search(path):
        raise DataError(f"{what} {path!r} has a control character in it")
    if "\\" in path:
        raise DataError(f"{what} {path!r} has a backslash in it")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise DataError(f"{what} {path!r} has an empty part, '.' or '..' in it")
    return path


def _key(key: str) -> str:
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:
        raise DataError(f"key {key!r} is not Unicode text") from error
    if size > MAX_KEY_BYTES:
        raise DataError(f"key {key[:80]!r}… has {size} bytes, S3 takes {MAX_KEY_BYTES}")
    return key
