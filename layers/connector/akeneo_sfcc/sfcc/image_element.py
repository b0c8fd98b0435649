"""The `<images>` element of a product: groups of one view type, each for some variations (catalog.xsd)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

IMAGES_KEY = "eimages="
"""The written key of a product's images: it has groups in SFCC."""

NO_IMAGES = '<images merge-mode="replace"/>'
"""What takes all image groups away; SFCC's default, merge, would keep groups of other variations."""

PATH_LENGTH = 1800


@dataclass(frozen=True, slots=True)
class Image:
    """One image. names: `(xml:lang, text)` for alt and title, x-default first."""

    path: str
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ImageGroup:
    """The images of one view type. variations: `(variation attribute id, value)` in axis order, none for all."""

    view_type: str
    images: tuple[Image, ...]
    variations: tuple[tuple[str, str], ...] = ()


def images_element(groups: Iterable[ImageGroup]) -> str:
    """Return `<images>` with these groups in their order, without namespace declarations.

    Written as text: this is done for every product, and a tree would cost several times as much.
    """
    parts = ['<images merge-mode="replace">']
    for group in groups:
        parts.append(f"<image-group view-type={quoteattr(group.view_type)}>")
        parts.extend(
            f"<variation attribute-id={quoteattr(attribute)} value={quoteattr(value)}/>"
            for attribute, value in group.variations
        )
        for image in group.images:
            parts.append(f"<image path={quoteattr(image.path)}")
            if image.names:
                texts = [(quoteattr(lang), escape(text, _TEXT)) for lang, text in image.names]
                parts.append(">")
                parts.extend(f"<alt xml:lang={lang}>{text}</alt>" for lang, text in texts)
                parts.extend(f"<title xml:lang={lang}>{text}</title>" for lang, text in texts)
                parts.append("</image>")
            else:
                parts.append("/>")
        parts.append("</image-group>")
    return "".join((*parts, "</images>")) if len(parts) > 1 else NO_IMAGES


# A parser turns a bare carriage return into a line feed.
_TEXT = {"\r": "&#13;"}
