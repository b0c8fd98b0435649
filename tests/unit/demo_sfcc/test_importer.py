"""The demo SFCC's importer against the documented rules of MERGE mode, one by one."""

from __future__ import annotations

from typing import Any

from local.demo_sfcc.importer import Importer

HEAD = (
    '<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" catalog-id="{}">'
)
ON = "<online-flag>true</online-flag>"


def load(sfcc: Importer, *elements: str, catalog: str = "m") -> Importer:
    sfcc.load([("file.xml", (HEAD.format(catalog) + "".join(elements) + "</catalog>").encode())])
    return sfcc


def product(id_: str, inner: str = ON) -> str:
    return f'<product product-id="{id_}">{inner}</product>'


def variants(*ids: str) -> str:
    listed = "".join(f'<variant product-id="{id_}"/>' for id_ in ids)
    return f"<variations><variants>{listed}</variants></variations>"


def held(sfcc: Importer, id_: str) -> dict[str, Any]:
    found: dict[str, Any] = sfcc.snapshot()["products"][id_]
    return found


def said(sfcc: Importer) -> list[str]:
    return [f"{entry.severity} {entry.object}: {entry.message}" for entry in sfcc.log]


def test_what_is_not_in_the_file_stays_and_an_empty_element_clears() -> None:
    sfcc = load(Importer(), product("a", f"{ON}<brand>x</brand><template>t</template>"))
    load(sfcc, product("a", "<brand/>"))
    assert {"online-flag", "template"} <= held(sfcc, "a")["values"].keys()
    assert "brand" not in held(sfcc, "a")["values"]


def test_custom_attributes_merge_per_language_and_lists_are_replaced_whole() -> None:
    attribute = '<custom-attribute attribute-id="c"{}>{}</custom-attribute>'
    custom = "<custom-attributes>{}</custom-attributes>"
    french, german = ' xml:lang="fr"', ' xml:lang="de"'
    sfcc = load(
        Importer(),
        product("a", ON + custom.format(attribute.format(german, "d") + attribute.format(french, "f"))),
        product("b", ON + custom.format(attribute.format("", "<value>1</value><value>2</value>"))),
    )
    load(sfcc, product("a", custom.format(attribute.format(french, ""))))
    load(sfcc, product("b", custom.format(attribute.format("", "<value>3</value>"))))
    assert held(sfcc, "a")["custom"] == {"c de": ("d",)}
    assert held(sfcc, "b")["custom"] == {"c": ("3",)}


def test_nil_resets_and_quantities_fall_back_to_one() -> None:
    sfcc = load(Importer(), product("a", f"<step-quantity>3</step-quantity>{ON}<search-rank>5</search-rank>"))
    load(sfcc, product("a", '<step-quantity/><search-rank xsi:nil="true"/>'))
    assert held(sfcc, "a")["values"]["step-quantity"] == "1"
    assert "search-rank" not in held(sfcc, "a")["values"]


def test_relations_are_made_when_all_objects_of_the_file_are_there() -> None:
    sfcc = load(Importer(), product("master", ON + variants("v1", "v2")), product("v1"), product("v2"))
    assert held(sfcc, "master")["variants"] == ["v1", "v2"]
    assert said(sfcc) == []


def test_a_variant_that_is_not_listed_any_more_stands_alone() -> None:
    sfcc = load(Importer(), product("m1", ON + variants("v1", "v2")), product("v1"), product("v2"))
    load(sfcc, product("m1", variants("v1")), product("m2", ON + variants("v2")))
    assert held(sfcc, "m2")["variants"] == ["v2"]
    assert said(sfcc) == []


def test_a_variant_belongs_to_one_master() -> None:
    sfcc = load(Importer(), product("m1", ON + variants("v")), product("v"), product("m2", ON + variants("v")))
    assert "variants" not in held(sfcc, "m2")
    assert said(sfcc) == ["DATAERROR m2: variant v belongs to master m1"]


def test_a_deleted_master_takes_its_variants_with_it_and_whatever_names_them() -> None:
    sfcc = load(Importer(), product("m", ON + variants("v")), product("v"), product("other"))
    load(
        sfcc,
        '<category category-id="c"><parent>root</parent></category>',
        '<category-assignment category-id="c" product-id="v"/>',
        '<recommendation source-id="other" source-type="product" target-id="v" target-type="product" type="1"/>',
        catalog="s",
    )
    load(sfcc, '<product product-id="m" mode="delete"/>')
    snapshot = sfcc.snapshot()
    assert snapshot["products"].keys() == {"other"}
    assert snapshot["catalogs"]["s"].keys() == {"categories"}


def test_what_does_not_exist_is_left_out_with_a_warning() -> None:
    links = '<product-links><product-link product-id="nobody" type="cross-sell"/></product-links>'
    sfcc = load(Importer(), product("a", ON + links + ""), product("m", ON + variants("gone")))
    load(sfcc, '<category-assignment category-id="c" product-id="a"/>', catalog="s")
    assert said(sfcc) == [
        "DATAWARNING a: linked product nobody does not exist",
        "DATAWARNING m: variant gone does not exist",
        "DATAWARNING a: assigned to category c, which does not exist in s",
    ]


def test_recommendations_are_appended_and_keep_their_place() -> None:
    def recommendation(target: str, more: str = "") -> str:
        types = 'source-type="product" target-type="product" type="1"'
        return f'<recommendation source-id="a" {types} target-id="{target}"{more}/>'

    sfcc = load(Importer(), *map(product, "abcd"))
    load(sfcc, recommendation("b"), recommendation("c"), catalog="s")
    load(sfcc, recommendation("d"), recommendation("b"), recommendation("c", ' mode="delete"'), catalog="s")
    assert sfcc.snapshot()["catalogs"]["s"]["recommendations"] == {"a": [("b", "1"), ("d", "1")]}


def test_a_product_belongs_to_one_catalogue_and_has_one_type() -> None:
    bundle = (
        '<bundled-products><bundled-product product-id="v"><quantity>2</quantity></bundled-product></bundled-products>'
    )
    sfcc = load(Importer(), product("m", ON + variants("v")), product("v"))
    load(sfcc, product("m", bundle), product("v", bundle))
    load(sfcc, product("m"), catalog="n")
    assert said(sfcc) == [
        "DATAERROR m: product is a master and cannot be a bundle",
        "DATAERROR v: product is a variant of m and cannot be a bundle",
        "DATAERROR m: product belongs to catalog m, not to n",
    ]


def test_images_are_replaced_or_merged_by_view_type() -> None:
    group = '<image-group view-type="{}"><image path="{}"/></image-group>'
    sfcc = load(Importer(), product("a", f"{ON}<images>{group.format('large', '1')}</images>"))
    load(sfcc, product("a", f"<images>{group.format('small', '2')}</images>"))
    assert len(held(sfcc, "a")["images"]) == 2
    load(sfcc, product("a", '<images merge-mode="replace"/>'))
    assert "images" not in held(sfcc, "a")


def test_a_category_takes_what_is_below_it_along() -> None:
    category = '<category category-id="{}"{}>{}</category>'
    sfcc = load(
        Importer(),
        category.format("a", "", "<parent>root</parent>"),
        category.format("b", "", "<parent>a</parent>"),
        catalog="s",
    )
    load(sfcc, category.format("a", ' mode="delete"', ""), catalog="s")
    assert sfcc.snapshot()["catalogs"]["s"]["categories"].keys() == {"root"}
