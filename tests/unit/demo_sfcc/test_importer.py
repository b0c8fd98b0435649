"""The demo SFCC's importer against the documented rules for catalogues, one by one."""

from __future__ import annotations

import gzip

import pytest

from local.demo_sfcc.importer import Importer, Mode
from local.demo_sfcc.importer.quotas import CATALOGS, CATEGORY_LINKS, SUBCATEGORIES, VARIANTS
from tests.unit.demo_sfcc.files import ON, catalog_file, held, load, product, said, variants

CATEGORY = '<category category-id="{}"{}>{}</category>'
PARENT = "<parent>{}</parent>"


def test_what_is_not_in_the_file_stays_and_an_empty_element_clears() -> None:
    sfcc = load(Importer(), product("a", f"{ON}<template>t</template><brand>x</brand>"))
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
    load(sfcc, product("a", '<step-quantity>1</step-quantity><search-rank xsi:nil="true"/>'))
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
    sfcc = load(
        Importer(),
        CATEGORY.format("a", "", "<parent>root</parent>"),
        CATEGORY.format("b", "", "<parent>a</parent>"),
        catalog="s",
    )
    load(sfcc, CATEGORY.format("a", ' mode="delete"', ""), catalog="s")
    assert sfcc.snapshot()["catalogs"]["s"]["categories"].keys() == {"root"}


def test_a_category_without_a_parent_that_exists_lies_below_the_root() -> None:
    sfcc = load(Importer(), CATEGORY.format("a", "", ""), CATEGORY.format("b", "", PARENT.format("none")), catalog="s")
    categories = sfcc.snapshot()["catalogs"]["s"]["categories"]
    assert [categories[id_]["parent"] for id_ in "ab"] == ["root", "root"]
    assert said(sfcc) == [
        "DATAWARNING a: category without parent: root is taken",
        "DATAWARNING b: parent none does not exist: root is taken",
    ]


def test_a_new_category_is_offline_and_page_attributes_merge_per_language() -> None:
    page = '<page-attributes><page-title xml:lang="{}">{}</page-title></page-attributes>'
    sfcc = load(Importer(), CATEGORY.format("a", "", PARENT.format("root") + page.format("de", "d")), catalog="s")
    load(sfcc, CATEGORY.format("a", "", PARENT.format("root") + page.format("fr", "f")), catalog="s")
    found = sfcc.snapshot()["catalogs"]["s"]["categories"]["a"]
    assert found == {"online-flag": "false", "page-title de": "d", "page-title fr": "f", "parent": "root"}


def test_lists_of_a_category_are_replaced_whole_in_the_order_of_the_file() -> None:
    group = '<attribute-group group-id="{}"/>'
    groups = "<attribute-groups>{}</attribute-groups>"
    sfcc = load(Importer(), CATEGORY.format("root", "", groups.format(group.format("b") + group.format("a"))))
    load(sfcc, CATEGORY.format("root", "", groups.format(group.format("c") + group.format("a"))))
    listed = sfcc.snapshot()["catalogs"]["m"]["categories"]["root"]["attribute-groups"]
    assert [dict(one[1])["group-id"] for one in listed] == ["c", "a"]


def test_the_root_stays() -> None:
    sfcc = load(Importer(), CATEGORY.format("root", ' mode="delete"', ""))
    assert list(sfcc.snapshot()["catalogs"]["m"]["categories"]) == ["root"]
    assert said(sfcc) == ["DATAWARNING root: the root category cannot be deleted"]


def test_update_creates_nothing() -> None:
    sfcc = load(Importer(), CATEGORY.format("c", "", PARENT.format("root")), product("a"))
    elements = (
        CATEGORY.format("d", "", PARENT.format("root")),
        product("a", "<online-flag>false</online-flag>"),
        product("b"),
        '<product-option option-id="o"/>',
        '<variation-attribute attribute-id="x" variation-attribute-id="x"/>',
        '<category-assignment category-id="c" product-id="a"/>',
        '<recommendation source-id="a" source-type="product" target-id="a" target-type="product" type="1"/>',
    )
    load(sfcc, *elements, mode="update")
    snapshot = sfcc.snapshot()
    assert list(snapshot["products"]) == ["a"]
    assert held(sfcc, "a")["values"]["online-flag"] == "false"
    assert snapshot["catalogs"]["m"].keys() == {"categories"}
    assert snapshot["catalogs"]["m"]["categories"].keys() == {"root", "c"}
    assert [line.split(":")[0] for line in said(sfcc)] == [f"DATAWARNING {id_}" for id_ in "dboxaa"]


def test_replace_recreates_what_is_in_the_file_alone() -> None:
    sfcc = load(Importer(), product("m", f"{ON}<brand>x</brand>{variants('v')}"), product("v", f"{ON}<brand>x</brand>"))
    load(sfcc, product("m"), mode="replace")
    assert "brand" not in held(sfcc, "m")["values"]
    assert "variants" not in held(sfcc, "m")
    assert held(sfcc, "v")["values"]["brand"] == "x"
    load(sfcc, product("other", ON + variants("v")))
    assert said(sfcc) == []


def test_replace_drops_what_an_assignment_and_a_category_held() -> None:
    sfcc = load(
        Importer(),
        CATEGORY.format("c", "", "<online-flag>true</online-flag>" + PARENT.format("root")),
        CATEGORY.format("below", "", PARENT.format("c")),
        product("a"),
        '<category-assignment category-id="c" product-id="a"><primary-flag>true</primary-flag></category-assignment>',
    )
    load(
        sfcc,
        CATEGORY.format("c", "", PARENT.format("root")),
        '<category-assignment category-id="c" product-id="a"/>',
        mode="replace",
    )
    found = sfcc.snapshot()["catalogs"]["m"]
    assert found["assignments"] == {"c a": {}}
    assert found["categories"]["c"]["online-flag"] == "false"
    assert found["categories"]["below"]["parent"] == "c"


def test_delete_deletes_what_is_in_the_file() -> None:
    recommendation = (
        '<recommendation source-id="a" source-type="product" target-id="b" target-type="product" type="{}"/>'
    )
    assignment = '<category-assignment category-id="root" product-id="{}"/>'
    sfcc = load(
        Importer(),
        CATEGORY.format("c", "", PARENT.format("root")),
        *map(product, "abc"),
        *map(assignment.format, "ab"),
        *map(recommendation.format, "12"),
    )
    load(sfcc, CATEGORY.format("c", "", ""), product("c", ""), assignment.format("a"), recommendation.format("1"),
         mode="delete")  # fmt: skip
    snapshot = sfcc.snapshot()
    assert list(snapshot["products"]) == ["a", "b"]
    assert list(snapshot["catalogs"]["m"]["assignments"]) == ["root b"]
    assert snapshot["catalogs"]["m"]["recommendations"] == {"a": [("b", "2")]}
    assert list(snapshot["catalogs"]["m"]["categories"]) == ["root"]
    load(sfcc, product("none", ""), mode="delete")
    assert said(sfcc) == ["DATAWARNING none: product to delete does not exist"]


def test_a_classification_category_exists() -> None:
    sfcc = load(Importer(), CATEGORY.format("c", "", PARENT.format("root")), catalog="s")
    to = '<classification-category catalog-id="{}">c</classification-category>'
    load(sfcc, product("a", ON + to.format("s")), product("b", ON + to.format("none")))
    assert held(sfcc, "a")["classification"] == ("s", "c")
    assert said(sfcc) == ["DATAWARNING b: classification category c does not exist in catalog none"]
    assert "none" not in sfcc.snapshot()["catalogs"]


def test_recommendations_may_come_from_categories() -> None:
    sfcc = load(
        Importer(),
        product("a"),
        '<recommendation source-id="root" source-type="category" target-id="a" target-type="product" type="1"/>',
        '<recommendation source-id="none" source-type="category" target-id="a" target-type="product" type="1"/>',
    )
    assert sfcc.snapshot()["catalogs"]["m"]["recommendations"] == {"category root": [("a", "1")]}
    assert said(sfcc) == ["DATAWARNING none: source none of a recommendation does not exist"]


def test_flags_of_sites_stand_beside_the_usual_one() -> None:
    sfcc = load(Importer(), product("a", ON + '<online-flag site-id="S">false</online-flag>'))
    load(sfcc, product("a", '<search-rank site-id="S">3</search-rank>'))
    values = held(sfcc, "a")["values"]
    assert [values[key] for key in ("online-flag", "online-flag S", "search-rank S")] == ["true", "false", "3"]
    load(sfcc, product("a", '<search-rank xsi:nil="true" site-id="S"/>'))
    assert "search-rank S" not in held(sfcc, "a")["values"]


def test_the_header_says_where_images_lie() -> None:
    settings = '<header><image-settings><internal-location base-path="{}"/></image-settings></header>'
    sfcc = load(Importer(), settings.format("/images"))
    assert sfcc.snapshot()["catalogs"]["m"]["base_path"] == "images"
    address = "<external-location><http-url>http://x.example/</http-url></external-location>"
    load(sfcc, f"<header><image-settings>{address}</image-settings></header>")
    assert sfcc.snapshot()["catalogs"]["m"] == {"categories": {"root": {"parent": ""}}, "external": "http://x.example"}


def test_attribute_definitions_of_a_catalogue_file_are_an_error() -> None:
    sfcc = load(Importer(), "<product-attribute-definitions/>")
    assert said(sfcc) == ["DATAERROR m: attribute definitions in a catalog file are not imported"]


def test_a_locale_the_instance_does_not_know_is_an_error_of_its_element() -> None:
    names = '<display-name xml:lang="{}">x</display-name>'
    sfcc = load(Importer(locales=["de-DE"]), product("a", names.format("de-DE") + names.format("fr-FR") + ON))
    assert "display-name de-DE" in held(sfcc, "a")["values"]
    assert "display-name fr-FR" not in held(sfcc, "a")["values"]
    assert said(sfcc) == ["DATAERROR a: locale 'fr-FR' of <display-name> is not known"]


def test_what_exceeds_a_quota_is_not_imported() -> None:
    ids = [f"v{number}" for number in range(VARIANTS.most + 1)]
    sfcc = load(Importer(), *map(product, ids), product("m", ON + variants(*ids)))
    assert "variants" not in held(sfcc, "m")
    assert said(sfcc) == ["DATAERROR m: quota exceeded: 1001 variants of a master, allowed are 1000"]
    load(sfcc, product("m", variants(*ids[: VARIANTS.warning + 1])))
    assert said(sfcc)[1:] == ["DATAWARNING m: quota warning: 601 variants of a master, allowed are 1000"]
    assert len(held(sfcc, "m")["variants"]) == VARIANTS.warning + 1


def test_catalogues_categories_and_links_have_quotas_too() -> None:
    sfcc = Importer()
    for number in range(CATALOGS.most + 1):
        load(sfcc, catalog=f"c{number}")
    assert len(sfcc.snapshot()["catalogs"]) == CATALOGS.most
    assert said(sfcc)[-1] == "DATAERROR c200: quota exceeded: 201 catalogs, allowed are 200"
    link = '<category-link category-id="root" type="other"/>'
    links = f"<category-links>{link * (CATEGORY_LINKS.most + 1)}</category-links>"
    below = [CATEGORY.format(f"b{number}", "", PARENT.format("root")) for number in range(SUBCATEGORIES.most + 1)]
    sfcc = load(Importer(), CATEGORY.format("root", "", links), *below)
    assert said(sfcc) == [
        "DATAERROR root: quota exceeded: 51 links of a category, allowed are 50",
        "DATAERROR root: quota exceeded: 1001 subcategories of a category, allowed are 1000",
    ]


def test_links_of_categories_exist() -> None:
    links = '<category-links><category-link category-id="none" type="other"/></category-links>'
    sfcc = load(Importer(), CATEGORY.format("root", "", links))
    assert said(sfcc) == ["DATAWARNING root: linked category none does not exist in catalog m"]


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (product("a") + CATEGORY.format("c", "", ""), "<category> is not allowed in <catalog> after <product>"),
        (product("a", "<online-flag>yes</online-flag>"), "<online-flag>: 'yes' is not boolean"),
        ("<product", "the file is no XML"),
    ],
)
def test_nothing_of_a_file_of_the_wrong_form_is_imported(inside: str, says: str) -> None:
    sfcc = Importer()
    assert not sfcc.load([("a.xml", catalog_file("m", product("z") + inside).replace(b"<product<", b"<product <"))])
    assert not sfcc.snapshot()["products"]
    (line,) = said(sfcc)
    assert line.startswith("DATAERROR")
    assert says in line


def test_a_document_type_is_refused() -> None:
    sfcc = Importer()
    assert not sfcc.load([("a.xml", b"<!DOCTYPE catalog>" + catalog_file("m", product("a")))])
    assert said(sfcc) == ["DATAERROR : the file has a document type, which is not allowed"]


def test_a_step_imports_its_own_files_alone() -> None:
    sfcc = Importer()
    assert not sfcc.load([("a.xml", catalog_file("m", product("a")))], wanted="pricebooks")
    assert said(sfcc) == ["DATAERROR : the file holds <catalog>, not <pricebooks>"]
    assert sfcc.load([("a.xml", b"<preferences/>")])


@pytest.mark.parametrize("mode", ["merge", "update", "replace", "delete"])
def test_files_may_be_compressed(mode: Mode) -> None:
    sfcc = load(Importer(), product("a", f"{ON}<brand>x</brand>"))
    assert sfcc.load([("a.xml.gz", gzip.compress(catalog_file("m", product("a"))))], mode)
    kept = sfcc.snapshot()["products"].get("a", {}).get("values", {}).get("brand")
    assert kept == ("x" if mode in ("merge", "update") else None)


def test_what_was_done_is_counted() -> None:
    sfcc = load(Importer(), product("a"), product("b"))
    assert [str(line) for line in sfcc.log.lines] == ["file.xml: Processed 2 product elements"]
