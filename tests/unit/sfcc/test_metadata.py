"""Metadata files: order of elements, flags, and what the file knows of itself."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest
from lxml import etree

from akeneo_sfcc.sfcc.metadata import (
    METADATA_NAMESPACE,
    AttributeGroupDefinition,
    MetadataFile,
    ValueDefinition,
    attribute_definition,
    attribute_group,
)

NAMES = (("x-default", "Colour & <shade>"), ("fr-FR", "Couleur"))
GROUP = AttributeGroupDefinition("all", (("x-default", "All"),), ("a", "b"))


def whole_file(*definitions: bytes) -> tuple[bytes, MetadataFile]:
    target = io.BytesIO()
    with MetadataFile(target) as file:
        for definition in definitions:
            file.write_definition(definition)
        file.write_group(attribute_group(GROUP))
    return target.getvalue(), file


def children(element: bytes) -> list[tuple[str, str | None]]:
    return [(str(child.tag), child.text) for child in etree.fromstring(element)]


def test_an_attribute_has_its_elements_in_the_schemas_order() -> None:
    assert children(attribute_definition("a", "string", NAMES, localizable=True)) == [
        ("display-name", "Colour & <shade>"),
        ("display-name", "Couleur"),
        ("type", "string"),
        ("localizable-flag", "true"),
        ("mandatory-flag", "false"),
        ("externally-managed-flag", "true"),
    ]


def test_an_enumeration_has_its_values_with_display_before_value() -> None:
    values = [ValueDefinition("red", (("x-default", "Red"), ("fr-FR", "Rouge"))), ValueDefinition("b", ())]
    made = etree.fromstring(attribute_definition("a", "enum-of-string", NAMES, multi=True, values=values))
    assert made.findtext("select-multiple-flag") == "true"
    assert [[str(child.tag) for child in one] for one in made.iter("value-definition")] == [
        ["display", "display", "value"],
        ["value"],
    ]
    assert [one.text for one in made.iter("value")] == ["red", "b"]


def test_only_enumerations_have_values() -> None:
    made = etree.fromstring(attribute_definition("a", "string", NAMES))
    assert made.find("value-definitions") is None
    assert made.find("select-multiple-flag") is None


def test_the_file_is_valid_and_knows_its_size_and_hash(sfcc_xsd: Callable[..., None]) -> None:
    enumeration = attribute_definition("b", "enum-of-string", (), values=[ValueDefinition("x", NAMES)])
    body, file = whole_file(attribute_definition("a", "double", NAMES), enumeration)
    sfcc_xsd(body, "metadata")
    assert (file.size, file.sha256) == (len(body), hashlib.sha256(body).hexdigest())


def test_all_elements_are_in_the_schemas_namespace() -> None:
    body, _ = whole_file(attribute_definition("a", "string", NAMES))
    root = etree.fromstring(body)
    assert {etree.QName(element).namespace for element in root.iter()} == {METADATA_NAMESPACE}
    assert root[0].get("type-id") == "Product"
    assert body.count(b"xmlns") == 1


def test_definitions_stand_before_groups() -> None:
    with MetadataFile(io.BytesIO()) as file:
        file.write_group(attribute_group(GROUP))
        with pytest.raises(ValueError, match="before the groups"):
            file.write_definition(attribute_definition("a", "string", NAMES))


def test_a_file_without_a_group_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an attribute group"), MetadataFile(io.BytesIO()):
        pass


def test_a_failed_file_is_not_closed() -> None:
    target = io.BytesIO()
    with pytest.raises(ZeroDivisionError), MetadataFile(target):
        raise ZeroDivisionError
    assert b"</metadata>" not in target.getvalue()
