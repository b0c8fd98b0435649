"""Small product elements that need nothing but an id."""

from __future__ import annotations

from lxml import etree

from akeneo_sfcc.sfcc.catalog import serialise


def online_flag(online: bool) -> bytes:
    """Return `<online-flag>`; always written, because SFCC's default for new products is contradictory."""
    element = etree.Element("online-flag")
    element.text = "true" if online else "false"
    return serialise(element)


def product_shell(id_: str, online: bool | None, variations: bytes | None = None, images: bytes = b"") -> bytes:
    """Return a `<product>` with an online flag (None: without) and, serialised already, images and variations."""
    product = etree.Element("product", {"product-id": id_})
    if online is not None:
        etree.SubElement(product, "online-flag").text = "true" if online else "false"
    if images:
        product.append(etree.fromstring(images))
    if variations is not None:
        product.append(etree.fromstring(variations))
    return serialise(product)


def deleted_product(id_: str) -> bytes:
    """Return a `<product>` that deletes it."""
    return serialise(etree.Element("product", {"product-id": id_, "mode": "delete"}))
