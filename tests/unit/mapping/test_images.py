"""Image groups: which images stand in which group, and in which order (docs/mapping.md section 7)."""

from __future__ import annotations

from typing import Any

from lxml import etree

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.images import ImagePlan
from akeneo_sfcc.mapping.known_media import KnownMedia
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.placement import Placement
from akeneo_sfcc.mapping.products import ProductMapper
from akeneo_sfcc.mapping.variations import Variant, VariationPlan
from akeneo_sfcc.pim.model import Family, Structure
from akeneo_sfcc.sfcc.image_element import NO_IMAGES
from tests.unit.mapping.builders import (
    LANG,
    Validate,
    attribute,
    envelope,
    mapped,
    model,
    options,
    product,
    settings,
    structure,
    value,
    variant_family,
)

Group = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]


def pim(**more: Any) -> Structure:
    """Two image attributes and one per language; colour is the first axis and carries `swatch`, size the second."""
    return structure(
        attribute("back", "image", sort_order=2),
        attribute("front", "image", sort_order=1),
        attribute("pack", "image", sort_order=3, localizable=True),
        attribute("swatch", "image", sort_order=4),
        attribute("label_shot", "image", sort_order=5),
        attribute("color", "simpleselect"),
        attribute("size", "simpleselect"),
        attribute("name", "text", localizable=True),
        options={"color": options("red", "blue"), "size": options("s", "m")},
        family_variants=variant_family((("color",), ("swatch",)), (("size",), ("sku", "label_shot"))),
        **more,
    )


def plan(known: Structure, config: Any = None, gone: frozenset[str] = frozenset()) -> ImagePlan:
    config = config or settings()
    locales = LocalePlan(config, known)
    attributes = AttributePlan(config, known, locales)
    return ImagePlan(config, known, attributes, locales, VariationPlan(known, attributes, locales), gone)


def groups(xml: str | etree._Element | None) -> list[Group]:
    """`(view type, variations, paths)` of every group."""
    root = etree.fromstring(xml) if isinstance(xml, str) else xml
    assert root is not None
    assert root.get("merge-mode") == "replace"
    return [
        (
            group.get("view-type") or "",
            tuple((one.get("attribute-id") or "", one.get("value") or "") for one in group.iterfind("variation")),
            tuple(one.get("path") or "" for one in group.iterfind("image")),
        )
        for group in root
    ]


def variant(id_: str, color: str | None, size: str, *images: list[Any], **names: str) -> Variant:
    axes = {"size": size} | ({"color": color} if color else {})
    return Variant(id_, "m", axes, True, images, names)


def test_a_simple_product_has_one_group_with_its_images_in_attribute_order() -> None:
    made = mapped(product(back="b.jpg", front="f.jpg"), pim())
    assert made.element is not None
    assert groups(made.element.find("images")) == [("large", (), ("akeneo/f.jpg", "akeneo/b.jpg"))]


def test_the_family_image_goes_first_unless_the_order_is_configured() -> None:
    known = pim(families={"camera": Family("camera", attributes=("sku", "front", "back"), attribute_as_image="back")})
    given = product(back="b.jpg", front="f.jpg")
    made = mapped(given, known)
    assert made.record.images == [["back", None, "b.jpg"], ["front", None, "f.jpg"]]
    chosen = mapped(given, known, settings(images={"attributes": ["front", "back"]}))
    assert chosen.record.images == [["front", None, "f.jpg"], ["back", None, "b.jpg"]]


def test_every_view_type_shows_the_same_images() -> None:
    made = plan(pim(), settings(images={"view_types": ["large", "small"]})).simple([["front", None, "f.jpg"]], {})
    assert groups(made) == [("large", (), ("akeneo/f.jpg",)), ("small", (), ("akeneo/f.jpg",))]


def test_a_product_that_never_had_images_has_no_element() -> None:
    made = mapped(product(), pim())
    assert made.element is not None
    assert made.element.find("images") is None
    assert "eimages=" not in made.record.keys.split("|")


def test_images_are_a_written_key_so_that_they_can_be_emptied() -> None:
    assert "eimages=" in mapped(product(front="f.jpg"), pim()).record.keys.split("|")


def test_taking_over_a_catalogue_empties_images_the_pim_does_not_have() -> None:
    config = settings(products={"clear_empty": "family"})
    known = pim()
    made = mapped(product(), known, config)
    assert made.element is not None
    assert groups(made.element.find("images")) == []
    assert "eimages=" not in made.record.keys.split("|")


def test_no_images_are_written_when_the_source_is_none() -> None:
    made = mapped(product(front="f.jpg"), pim(), settings(images={"source": "none"}))
    assert made.element is not None
    assert made.element.find("images") is None
    assert made.text("akeneo_front") == "akeneo/f.jpg"


def test_names_become_alt_then_title_in_every_language() -> None:
    config = settings(attributes={"system_mapping": {"name": "name"}})
    made = mapped(product(front="f.jpg", name={"en_US": "A & B", "fr_FR": "Le <B>"}), pim(), config)
    assert made.element is not None
    (image,) = made.element.iter("image")
    found = [(one.tag, one.get(LANG), one.text) for one in image]
    assert found == [
        (tag, lang, text)
        for tag in ("alt", "title")
        for lang, text in (("x-default", "A & B"), ("en-US", "A & B"), ("fr-FR", "Le <B>"))
    ]


def test_a_variant_carries_no_groups_of_its_own() -> None:
    place = Placement("variant", root="m", parent="m", family_variant="by_axis")
    made = mapped(product(front="f.jpg", color="red", size="s"), pim(), placement=place)
    assert made.element is not None
    assert made.element.find("images") is None
    assert made.record.images == [["front", None, "f.jpg"]]


def test_what_is_gone_is_neither_an_image_nor_a_value() -> None:
    known = pim()
    record, _ = ProductMapper(settings(), known, KnownMedia(gone=frozenset(["f.jpg"]))).map_product(
        product(front="f.jpg", back="b.jpg")
    )
    assert record.images == [["back", None, "b.jpg"]]
    assert "f.jpg" not in record.xml[0]


def test_a_localized_image_makes_groups_per_language_that_repeat_the_others() -> None:
    given: list[list[Any]] = [["front", None, "f.jpg"], ["pack", "en_US", "en.jpg"], ["pack", "fr_FR", "fr.jpg"]]
    assert groups(plan(pim()).simple(given, {})) == [
        ("large", (), ("akeneo/f.jpg", "akeneo/en.jpg")),
        ("large_en-US", (), ("akeneo/f.jpg", "akeneo/en.jpg")),
        ("large_fr-FR", (), ("akeneo/f.jpg", "akeneo/fr.jpg")),
    ]


def test_without_a_default_locale_the_plain_group_holds_unlocalized_images_alone() -> None:
    config = settings(locales={"default": None})
    given = [["pack", "fr_FR", "fr.jpg"]]
    assert groups(plan(pim(), config).simple(given, {})) == [("large_fr-FR", (), ("akeneo/fr.jpg",))]


def test_a_locale_that_is_x_default_has_no_suffix() -> None:
    config = settings(locales={"map": {"en_US": "x-default"}})
    given = [["pack", "en_US", "en.jpg"]]
    assert groups(plan(pim(), config).simple(given, {})) == [("large", (), ("akeneo/en.jpg",))]


def test_one_image_in_two_attributes_is_shown_once() -> None:
    given = [["front", None, "f.jpg"], ["back", None, "f.jpg"]]
    assert groups(plan(pim()).simple(given, {})) == [("large", (), ("akeneo/f.jpg",))]


def test_a_master_has_its_own_images_for_all_and_its_variants_by_axis_values() -> None:
    red, blue = ["swatch", None, "red.jpg"], ["swatch", None, "blue.jpg"]
    front = ["front", None, "f.jpg"]
    members = [
        variant("a", "blue", "s", front, blue),
        variant("b", "red", "m", front, red),
        variant("c", "red", "s", front, red, ["label_shot", None, "red-s.jpg"]),
    ]
    made = plan(pim()).master("by_axis", [front], {}, members)
    assert groups(made) == [
        ("large", (), ("akeneo/f.jpg",)),
        ("large", (("akeneo_color", "red"),), ("akeneo/red.jpg",)),
        ("large", (("akeneo_color", "red"), ("akeneo_size", "s")), ("akeneo/red-s.jpg",)),
        ("large", (("akeneo_color", "blue"),), ("akeneo/blue.jpg",)),
    ]


def test_all_groups_of_a_view_type_stand_together() -> None:
    config = settings(images={"view_types": ["large", "small"]})
    members = [variant("a", "red", "s", ["swatch", None, "red.jpg"])]
    made = plan(pim(), config).master("by_axis", [["front", None, "f.jpg"]], {}, members)
    assert [(name, len(variations)) for name, variations, _ in groups(made)] == [
        ("large", 0), ("large", 1), ("small", 0), ("small", 1),
    ]  # fmt: skip


def test_a_variant_without_an_axis_value_adds_no_group() -> None:
    assert plan(pim()).master("by_axis", [], {}, [variant("a", None, "s", ["swatch", None, "x.jpg"])]) == NO_IMAGES


def test_an_image_of_several_variants_is_named_by_what_they_have_in_common() -> None:
    red = ["swatch", None, "red.jpg"]
    names = ({"x-default": "Shirt", "fr-FR": "Chemise S"}, {"x-default": "Shirt", "fr-FR": "Chemise M"})
    members = [
        Variant(id_, "m", {"color": "red", "size": size}, True, [red], one)
        for id_, size, one in zip("ab", "sm", names, strict=True)
    ]
    (image,) = etree.fromstring(plan(pim()).master("by_axis", [], {}, members)).iter("image")
    assert [(one.get(LANG), one.text) for one in image.iterfind("alt")] == [("x-default", "Shirt")]


def test_a_binary_that_went_missing_later_is_left_out_of_what_the_state_remembers() -> None:
    made = plan(pim(), gone=frozenset(["red.jpg"])).master("by_axis", [], {}, [
        variant("a", "red", "s", ["swatch", None, "red.jpg"])
    ])  # fmt: skip
    assert made == NO_IMAGES


def test_a_link_stands_in_its_own_view_type_under_its_own_path() -> None:
    config = settings(images={"link_view_types": {"zoom": "hires"}})
    given = [["front", None, "f.jpg"], ["gallery", None, "zoom/1.jpg", "hires"]]
    assert groups(plan(pim(), config).simple(given, {})) == [
        ("large", (), ("akeneo/f.jpg",)),
        ("hires", (), ("zoom/1.jpg",)),
    ]


def test_what_is_written_fits_the_schema(sfcc_xsd: Validate) -> None:
    config = settings(attributes={"system_mapping": {"name": "name"}})
    simple = mapped(product(front='f"&<.jpg', name={"en_US": "A\r& <B>"}, pack={"fr_FR": "p.jpg"}), pim(), config)
    root = mapped(model(front="f.jpg"), pim(), config)
    members = [variant("a", 'r"<&', "s", ["swatch", None, "red.jpg"], **{"x-default": "n & m"})]
    images = plan(pim(), config).master("by_axis", root.record.images, {}, members)
    sfcc_xsd(envelope(simple.record.xml, root.record.xml, fill={"<images/>": images}))


def test_scoped_and_foreign_values_are_not_images() -> None:
    known = structure(attribute("front", "image", scopable=True), attribute("pack", "image", localizable=True))
    given = product(
        front=[value("print.jpg", None, "print"), value("shop.jpg", None, "shop")], pack=[value("it.jpg", "it_IT")]
    )
    assert mapped(given, known).record.images == [["front", None, "shop.jpg"]]
