"""JSON the way the PIM writes it, and addresses inside it.

The PIM is written in PHP: slashes are escaped (`\\/`), and so is everything outside ASCII (`\\u00e9`). Stored items
hold a placeholder instead of the server's address, so that one stored byte string serves any host.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

PLACEHOLDER = "https://pim.example.com/api/rest/v1"
"""Stands for `<scheme>://<host>/api/rest/v1` in stored items and in snapshot files."""


def encode(value: Any) -> bytes:
    """Encode a value as PHP's `json_encode` does."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode("ascii")


ESCAPED_PLACEHOLDER = encode(PLACEHOLDER)[1:-1]


def resource_path(path: str) -> str:
    """Percent-encode a path below `/api/rest/v1`, slashes left as they are (web servers refuse `%2F`)."""
    return quote(path, safe="/")


def with_self_link(path: str, item: bytes) -> bytes:
    """Put `_links.self` in front of an encoded, non-empty JSON object."""
    address = encode(resource_path(path))[1:-1]
    links = b'"self":{"href":"%s\\/%s"}' % (ESCAPED_PLACEHOLDER, address)
    if path.startswith("media-files/"):
        links += b',"download":{"href":"%s\\/%s\\/download"}' % (ESCAPED_PLACEHOLDER, address)
    return b'{"_links":{%s},%s' % (links, item[1:])


def at_address(body: bytes, api_url: str) -> bytes:
    """Replace the placeholder by the address a client used, such as `http://127.0.0.1:8080/api/rest/v1`."""
    return body.replace(ESCAPED_PLACEHOLDER, encode(api_url)[1:-1])
