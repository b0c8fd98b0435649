"""The items served have the keys and types of Akeneo's published API description.

The description is loose: what may be null is not marked, and a few keys differ from real replies. What is tolerated
here is listed.
"""

import json

import pytest

LISTS = {
    "products-uuid": "products-uuid",
    "products": "products",
    "product-models": "product-models",
    "attributes": "attributes",
    "attributes/color/options": "attributes/{attribute_code}/options",
    "families": "families",
    "families/jackets/variants": "families/{family_code}/variants",
    "attribute-groups": "attribute-groups",
    "categories": "categories",
    "channels": "channels",
    "locales": "locales",
    "currencies": "currencies",
    "association-types": "association-types",
    "media-files": "media-files",
}
TOLERATED = {"is_main_identifier", "auto_option_sorting", "minimum_input_length", "negative_allowed", "guidelines"}
"""Keys real attributes have and the description leaves out."""

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "object": dict,
    "array": list,
    "number": (int, float),
}


@pytest.fixture(scope="module")
def described(shared_data):
    return json.loads((shared_data / "akeneo-web-api.json").read_text())["paths"]


def properties(schema):
    """Merge a schema's own properties with those of its parts."""
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= properties(part)
    return found


def item_properties(described, path):
    page = described[f"/api/rest/v1/{path}"]["get"]["responses"]["200"]["schema"]
    items = properties(properties(page)["_embedded"])
    return properties(next(iter(items.values()))["items"])


def differences(value, schema, where):
    expected = TYPES.get(schema.get("type"))
    if value is None or expected is None:
        return []
    if not isinstance(value, expected):
        return [f"{where}: {value!r} is no {schema['type']}"]
    inner = properties(schema)
    if isinstance(value, dict) and inner and not any("{" in name or "Code" in name for name in inner):
        known = [one for name, one in value.items() if name in inner]
        return [] if known else [f"{where}: none of {sorted(inner)} in {sorted(value)}"]
    return []


@pytest.mark.parametrize("path", LISTS)
def test_items_have_the_described_keys_and_types(serve, described, path):
    caller = serve()
    shapes = item_properties(described, LISTS[path])
    items = caller.items(path)
    assert items
    found = []
    for item in items:
        found += [f"{path}: key {name!r} is not described" for name in item if name not in {*shapes, *TOLERATED}]
        for name, schema in shapes.items():
            if name in item and item[name] not in ({}, []):
                found += differences(item[name], schema, f"{path}.{name}")
    assert sorted(set(found)) == []


def test_values_have_locale_scope_and_data(serve):
    for path in ("products-uuid", "product-models"):
        for item in serve().items(path):
            for values in item["values"].values():
                assert all({"locale", "scope", "data"} <= value.keys() for value in values)


def test_the_token_and_the_version_have_the_described_keys(serve, described):
    caller = serve()
    body = {"grant_type": "password", "username": "demo", "password": "demo"}
    token = described["/api/oauth/v1/token"]["post"]["responses"]["200"]["schema"]
    assert set(caller.token(body).json()) == set(token["properties"])
    version = described["/api/rest/v1/system-information"]["get"]["responses"]["200"]["schema"]
    assert set(caller.get("system-information").json()) == set(version["properties"])
