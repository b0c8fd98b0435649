"""Jobs of Business Manager, as far as the demo can run them."""

from __future__ import annotations

from local.demo_sfcc.importer.elements import Element, child, named
from local.demo_sfcc.importer.holdings import Holdings, JobStep
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import Mode


class JobsImport:
    """Imports jobs files."""

    def __init__(self, holdings: Holdings, log: ImportLog) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log

    def load(self, root: Element, mode: Mode) -> None:
        """Import a file."""
        number = 0
        for job in named(root, "job"):
            id_ = job.get("job-id", "")
            number += 1
            if job.get("mode") == "delete":
                self._holdings.jobs.pop(id_, None)
                continue
            defaults = _parameters(job)
            steps = []
            for flow in named(job, "flow"):
                context = child(flow, "context")
                site = context.get("site-id", "") if context is not None else ""
                steps += [_step(step, site, defaults) for step in named(flow, "step")]
            self._holdings.jobs[id_] = steps
        self._log.info(f"Processed {number} job elements")


def _step(step: Element, site: str, defaults: dict[str, str]) -> JobStep:
    references = {}
    for part in named(step, "parameters"):
        for one in named(part, "parameter"):
            if "job-parameter-ref" in one.attrib:
                references[one.get("name", "")] = str(one.attrib["job-parameter-ref"])
    given = {name: defaults[reference] for name, reference in references.items() if reference in defaults}
    return JobStep(step.get("type", ""), site, {**_parameters(step), **given}, references)


def _parameters(element: Element) -> dict[str, str]:
    found = {}
    for part in named(element, "parameters"):
        for one in named(part, "parameter"):
            found[one.get("name", "")] = one.text or ""
    return found
