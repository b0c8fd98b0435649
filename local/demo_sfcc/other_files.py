"""Imports what is no catalogue: metadata, price books, libraries and jobs, each as far as a demo shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from local.demo_sfcc.importer import ImportLog

Element = etree._Element


@dataclass(frozen=True, slots=True)
class JobStep:
    """A step of a job. parameters: name → value, or the job parameter it refers to with its default."""

    type: str
    site: str
    parameters: dict[str, str]
    references: dict[str, str]


@dataclass(slots=True)
class OtherHoldings:
    """What an instance holds besides catalogues.

    definitions: object type → attribute id → type, localisable, values. pricebooks: id → currency, prices by product.
    libraries: id → content id → online. jobs: id → steps.
    """

    definitions: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    pricebooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    libraries: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    jobs: dict[str, list[JobStep]] = field(default_factory=dict)


class OtherImport:
    """Imports one file after the other into its holdings."""

    def __init__(self, log: ImportLog) -> None:
        """Note what is wrong in this log, whose `file` the caller sets."""
        self.holdings = OtherHoldings()
        self._log = log

    def load(self, content: bytes) -> bool:
        """Import a file by its root element; return whether that is one of ours."""
        try:
            root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        except etree.XMLSyntaxError as error:
            self._log.error("", f"the file is no XML: {error}")
            return True
        match _name(root):
            case "metadata":
                self._metadata(root)
            case "pricebooks":
                self._pricebooks(root)
            case "library":
                self._library(root, root.get("library-id", ""))
            case "jobs":
                self._jobs(root)
            case _:
                return False
        return True

    def _metadata(self, root: Element) -> None:
        for extension in _children(root, "type-extension"):
            held = self.holdings.definitions.setdefault(extension.get("type-id", ""), {})
            for group in (
                *_children(extension, "system-attribute-definitions"),
                *_children(extension, "custom-attribute-definitions"),
            ):
                for definition in _children(group, "attribute-definition"):
                    self._definition(held, definition)

    def _definition(self, held: dict[str, dict[str, Any]], definition: Element) -> None:
        id_ = definition.get("attribute-id", "")
        if definition.get("mode") == "delete":
            held.pop(id_, None)
            return
        type_ = _text(definition, "type")
        before = held.get(id_)
        if before is not None and before["type"] and type_ and before["type"] != type_:
            self._log.error(id_, f"attribute is of type {before['type']}, which cannot become {type_}")
            return
        values = [
            _text(one, "value")
            for part in _children(definition, "value-definitions")
            for one in _children(part, "value-definition")
        ]
        held[id_] = {
            "type": type_ or (before["type"] if before else ""),
            "localizable": _text(definition, "localizable-flag") == "true",
            "values": values,
        }

    def _pricebooks(self, root: Element) -> None:
        for book in _children(root, "pricebook"):
            header = next(_children(book, "header"), None)
            if header is None:
                self._log.error("", "price book without a header")
                continue
            id_ = header.get("pricebook-id", "")
            held = self.holdings.pricebooks.setdefault(id_, {"currency": "", "prices": {}})
            held["currency"] = _text(header, "currency") or held["currency"]
            for tables in _children(book, "price-tables"):
                for table in _children(tables, "price-table"):
                    self._prices(held["prices"], table)

    def _prices(self, held: dict[str, dict[str, str]], table: Element) -> None:
        product = table.get("product-id", "")
        if table.get("mode", "").startswith("delete"):
            held.pop(product, None)
            return
        found = {amount.get("quantity", "1"): amount.text or "" for amount in _children(table, "amount")}
        if found:
            held[product] = found

    def _library(self, root: Element, library: str) -> None:
        held = self.holdings.libraries.setdefault(library, {})
        for content in _children(root, "content"):
            id_ = content.get("content-id", "")
            if content.get("mode") == "delete":
                held.pop(id_, None)
            else:
                held[id_] = {"name": _text(content, "display-name"), "online": _text(content, "online-flag")}

    def _jobs(self, root: Element) -> None:
        for job in _children(root, "job"):
            id_ = job.get("job-id", "")
            if job.get("mode") == "delete":
                self.holdings.jobs.pop(id_, None)
                continue
            defaults = _parameters(job)
            steps = []
            for flow in _children(job, "flow"):
                context = next(_children(flow, "context"), None)
                site = context.get("site-id", "") if context is not None else ""
                for step in _children(flow, "step"):
                    steps.append(_step(step, site, defaults))
            self.holdings.jobs[id_] = steps


def _step(step: Element, site: str, defaults: dict[str, str]) -> JobStep:
    references = {}
    for part in _children(step, "parameters"):
        for one in _children(part, "parameter"):
            if "job-parameter-ref" in one.attrib:
                references[one.get("name", "")] = str(one.attrib["job-parameter-ref"])
    named = {name: defaults[reference] for name, reference in references.items() if reference in defaults}
    return JobStep(step.get("type", ""), site, {**_parameters(step), **named}, references)


def _parameters(element: Element) -> dict[str, str]:
    found = {}
    for part in _children(element, "parameters"):
        for one in _children(part, "parameter"):
            found[one.get("name", "")] = one.text or ""
    return found


def _name(element: Element) -> str:
    return etree.QName(element).localname


def _children(element: Element, name: str) -> Any:
    return (one for one in element if isinstance(one.tag, str) and _name(one) == name)


def _text(element: Element, name: str) -> str:
    found = next(_children(element, name), None)
    return (found.text or "").strip() if found is not None else ""
