"""Reads SFCC's own schemas as the demo SFCC's tables, for comparison."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from local.demo_sfcc.schema import Attribute, Child, Form, Schema, Slot

XSD = "{http://www.w3.org/2001/XMLSchema}"
BUILT_IN = {
    name: name for name in ("boolean", "int", "positiveInteger", "decimal", "double", "dateTime", "string", "language")
}
TRIMMED = r"\S|(\S(.*)\S)"
ATTRIBUTE_ID = r"[^\s|]|([^\s|][^|]*[^\s|])"


class XsdReader:
    """Reads one file; only what these schemas use is understood, anything else is an error."""

    def __init__(self, path: Path, root: str) -> None:
        document = etree.parse(str(path)).getroot()
        self._named = {one.get("name"): one for one in document if one.get("name") and one.tag != f"{XSD}element"}
        (element,) = [one for one in document if one.tag == f"{XSD}element" and one.get("name") == root]
        self.schema = Schema(document.get("targetNamespace") or "", root, {}, {})
        type_ = element.get("type")
        inner = element.find(f"{XSD}complexType")
        if inner is None:
            assert type_ is not None
            inner = self._named[type_]
        self.schema.forms[root] = Form()
        self.schema.forms[root] = self._form(inner)

    def _type(self, name: str) -> str:
        """Return a type as the tables name it, and read it if it is new."""
        if name.startswith("xsd:"):
            return BUILT_IN[name.removeprefix("xsd:")]
        element = self._named[name]
        if element.tag == f"{XSD}simpleType":
            return self._simple(name, element)
        short = "".join(part[:1].upper() + part[1:] for part in name.split(".")[1:])
        if short not in self.schema.forms:
            self.schema.forms[short] = Form()  # holds the place while its children are read
            self.schema.forms[short] = self._form(element)
        return short

    def _simple(self, name: str, element: etree._Element) -> str:
        (restriction,) = element.findall(f"{XSD}restriction")
        facets = [(str(one.tag).removeprefix(XSD), one.get("value")) for one in restriction if isinstance(one.tag, str)]
        values = [value or "" for kind, value in facets if kind == "enumeration"]
        base = restriction.get("base") or ""
        if values:
            assert len(values) == len(facets)
            short = "".join(part[:1].upper() + part[1:] for part in name.split(".")[1:])
            self.schema.enums[short] = frozenset(values)
            return short
        given = dict(facets)
        if not given:
            return self._type(base)
        bounds = given.pop("minLength", None), given.pop("maxLength", None)
        match (*bounds, *sorted(given.items())):
            case (None, None, ("maxInclusive", "1.0"), ("minInclusive", "0.0")):
                found = "share"
            case (None, None, ("pattern", "[A-Z]{3}")):
                found = "currency"
            case ("1", "256", ("pattern", pattern)) if pattern == ATTRIBUTE_ID:
                found = "attribute-id"
            case ("1", most, ("pattern", pattern)) if pattern == TRIMMED:
                found = f"id{most}"
            case ("0", most):
                found = f"string{most}"
            case _:
                raise AssertionError((name, facets))
        return found

    def _form(self, element: etree._Element) -> Form:
        slots: tuple[Slot, ...] = ()
        text: str | None = None
        attributes: dict[str, Attribute] = {}
        mixed = element.get("mixed") == "true"
        for part in element.iterchildren(etree.Element):
            match str(part.tag).removeprefix(XSD):
                case "sequence":
                    slots += tuple(self._slot(one) for one in part if isinstance(one.tag, str))
                case "all":
                    slots += (Slot("all", self._children(part)),)
                case "choice":
                    slots += (self._slot(part),)
                case "attribute":
                    name, attribute = self._attribute(part)
                    attributes[name] = attribute
                case "simpleContent" | "complexContent" as kind:
                    (extension,) = part.findall(f"{XSD}extension")
                    inner = self._form(extension)
                    base = self._type(extension.get("base") or "")
                    if kind == "simpleContent":
                        text = base
                        attributes |= inner.attributes
                    else:
                        below = self.schema.forms[base]
                        slots += below.slots + inner.slots
                        attributes |= below.attributes | inner.attributes
                        mixed = mixed or below.mixed
                case "annotation":
                    pass
                case other:
                    raise AssertionError(other)
        return Form(slots, text, mixed, attributes)

    def _slot(self, element: etree._Element) -> Slot:
        if element.tag == f"{XSD}element":
            return Slot("one", (self._child(element),))
        assert element.tag == f"{XSD}choice", element.tag
        least, most = _numbers(element)
        return Slot("choice", self._children(element), least, most)

    def _children(self, element: etree._Element) -> tuple[Child, ...]:
        return tuple(self._child(one) for one in element if isinstance(one.tag, str))

    def _child(self, element: etree._Element) -> Child:
        least, most = _numbers(element)
        type_ = self._type(element.get("type") or "")
        return Child(element.get("name") or "", type_, least, most, element.get("nillable") == "true")

    def _attribute(self, element: etree._Element) -> tuple[str, Attribute]:
        if element.get("ref") == "xml:lang":
            return "xml:lang", Attribute("language")
        return element.get("name") or "", Attribute(
            self._type(element.get("type") or ""), element.get("use") == "required"
        )


def _numbers(element: etree._Element) -> tuple[int, int | None]:
    most = element.get("maxOccurs", "1")
    return int(element.get("minOccurs", "1")), None if most == "unbounded" else int(most)
