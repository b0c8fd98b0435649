"""What the media job needs of products and models."""

from __future__ import annotations

from akeneo_sfcc.mapping.media import MediaMapper
from tests.unit.mapping.builders import attribute, model, product, settings, structure, value

PIM = structure(
    attribute("front", "image"),
    attribute("hidden", "image"),
    attribute("gallery", "pim_catalog_asset_collection", reference_data_name="pictures"),
    attribute("price", "pim_catalog_price_collection"),
    attribute("text"),
)


def test_it_reads_images_prices_and_the_product_id_and_nothing_else() -> None:
    config = settings(pricebooks={"attribute": "price"})
    assert MediaMapper(config, PIM).attributes == {"sku", "front", "hidden", "price"}


def test_asset_collections_are_read_when_assets_are_a_source() -> None:
    assert MediaMapper(settings(images={"source": "both"}), PIM).attributes == {"sku", "front", "hidden", "gallery"}


def test_every_image_a_product_shows_anywhere_is_brought_even_if_it_is_in_no_group() -> None:
    # `hidden` is not among the image groups, but its custom attribute holds the path.
    config = settings(images={"attributes": ["front"]})
    item, _ = MediaMapper(config, PIM).product(product(front="f.jpg", hidden="h.jpg"))
    assert item.media == ["f.jpg", "h.jpg"]


def test_an_image_attribute_nothing_shows_is_not_brought() -> None:
    config = settings(images={"attributes": ["front"]}, attributes={"exclude": ["hidden"]})
    item, _ = MediaMapper(config, PIM).product(product(front="f.jpg", hidden="h.jpg"))
    assert item.media == ["f.jpg"]


def test_a_product_without_a_usable_id_has_neither_id_nor_price() -> None:
    config = settings(pricebooks={"attribute": "price"})
    price = [value([{"amount": "1", "currency": "EUR"}])]
    for identifier in (None, " padded ", "x" * 101):
        item, issues = MediaMapper(config, PIM).product(product(identifier=identifier, price=price))
        assert (item.id, item.prices, issues) == ("", None, [])


def test_models_bring_media_and_no_price() -> None:
    item = MediaMapper(settings(images={"source": "both"}), PIM).model(
        model("m1", front="f.jpg", gallery=[value(["One"])], categories=("leaf",))
    )
    assert (item.model, item.id, item.media, item.assets, item.prices) == (
        True, "m1", ["f.jpg"], ["pictures/one"], None,
    )  # fmt: skip
    assert item.catalogue == "master"
