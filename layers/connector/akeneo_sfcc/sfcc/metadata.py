"""Metadata files: what SFCC has to know of the custom attributes of products.

Element names and order follow metadata.xsd. SFCC replaces the whole value list of an enumeration and the whole
attribute list of a group by what a file says, so both are always written complete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

from lxml import etree

from akeneo_sfcc.sfcc.catalog import XML_LANG, serialise

METADATA_NAMESPACE = "http://www.demandware.com/xml/impex/metadata/2006-10-31"

Texts = tuple[tuple[str, str], ...]
"""`(xml:lang, text)`, x-default first; texts fit (4,000 UTF-16 units, XML characters)."""

_OPEN_DEFINITIONS = b'<type-extension type-id="Product">\n<custom-attribute-definitions>\n'
_OPEN_GROUPS = b"</custom-attribute-definitions>\n<group-definitions>\n"
_CLOSE = b"</group-definitions>\n</type-extension>\n"


@dataclass(frozen=True, slots=True)
class ValueDefinition:
    """One value of an enumeration, with what is shown for it."""

    value: str
    display: Texts


@dataclass(frozen=True, slots=True)
class AttributeGroupDefinition:
    """One attribute group: the ids of all its attributes, in order."""

    id: str
    display_names: Texts
    attributes: tuple[str, ...]


def attribute_definition(
    id_: str,
    type_: str,
    display_names: Texts,
    *,
    localizable: bool = False,
    multi: bool = False,
    values: Iterable[ValueDefinition] = (),
) -> bytes:
    """Return an `<attribute-definition>`; only enumerations (`enum-of-…`) have values and may be multi."""
    definition = etree.Element("attribute-definition", {"attribute-id": id_})
    _texts(definition, "display-name", display_names)
    etree.SubElement(definition, "type").text = type_
    etree.SubElement(definition, "localizable-flag").text = _flag(localizable)
    etree.SubElement(definition, "mandatory-flag").text = "false"
    etree.SubElement(definition, "externally-managed-flag").text = "true"
    if type_.startswith("enum-of-"):
        etree.SubElement(definition, "select-multiple-flag").text = _flag(multi)
        definitions = etree.SubElement(definition, "value-definitions")
        for value in values:
            one = etree.SubElement(definitions, "value-definition")
            # The other way round is refused: the schema wants display before value.
            _texts(one, "display", value.display)
            etree.SubElement(one, "value").text = value.value
    return serialise(definition)


def attribute_group(group: AttributeGroupDefinition) -> bytes:
    """Return an `<attribute-group>`."""
    element = etree.Element("attribute-group", {"group-id": group.id})
    _texts(element, "display-name", group.display_names)
    for id_ in group.attributes:
        etree.SubElement(element, "attribute", {"attribute-id": id_})
    return serialise(element)


class MetadataFile:
    """Write one `metadata.xsd` file that extends the type Product: all definitions, then all groups.

    The schema wants at least one of each. Memory: one element at a time. `size` and `sha256` cover what was written;
    valid after the block.
    """

    def __init__(self, target: BinaryIO) -> None:
        """Take the stream to write to."""
        self._target = target
        self._hash = hashlib.sha256()
        self._in_groups = False
        self.size = 0
        root = etree.Element(f"{{{METADATA_NAMESPACE}}}metadata", nsmap={None: METADATA_NAMESPACE})  # type: ignore[dict-item]
        root.text = "\n"
        opening, closing = etree.tostring(root, encoding="UTF-8", xml_declaration=True).rsplit(b"</", 1)
        self._opening = opening + _OPEN_DEFINITIONS
        self._closing = _CLOSE + b"</" + closing + b"\n"

    def __enter__(self) -> Self:
        """Write everything that stands before the first definition."""
        self._emit(self._opening)
        return self

    def write_definition(self, definition: bytes) -> None:
        """Add an attribute definition; ValueError once a group is written, because they stand before."""
        if self._in_groups:
            raise ValueError("attribute definitions stand before the groups")
        self._emit(definition + b"\n")

    def write_group(self, group: bytes) -> None:
        """Add an attribute group."""
        if not self._in_groups:
            self._in_groups = True
            self._emit(_OPEN_GROUPS)
        self._emit(group + b"\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all elements unless the block failed; ValueError when no group was written."""
        if kind is not None:
            return
        if not self._in_groups:
            raise ValueError("a metadata file needs an attribute group")
        self._emit(self._closing)

    @property
    def sha256(self) -> str:
        """The hex digest of all bytes so far."""
        return self._hash.hexdigest()

    def _emit(self, data: bytes) -> None:
        self._target.write(data)
        self._hash.update(data)
        self.size += len(data)


def _texts(parent: etree._Element, tag: str, texts: Texts) -> None:
    for lang, text in texts:
        etree.SubElement(parent, tag, {XML_LANG: lang}).text = text


def _flag(value: bool) -> str:
    return "true" if value else "false"
