"""The media job and the product jobs of one configuration, and what stands in their exports."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.stages.contracts import RunContext
from local.demo_pim.server import DemoPim
from tests.e2e.imports import DEMO_LOGIN, configured
from tests.fakes.in_process import DIFFERENTIAL, FULL, Finished, run_job
from tests.fakes.in_process_media import interrupt_media_job, run_media_job
from tests.fakes.services import FakeWorld

EVERYTHING = {
    "attributes": {"system_mapping": {"name": "name"}},
    "images": {"source": "both"},
    "pricebooks": {"attribute": "price"},
}
DOWNLOADS = "/api/rest/v1/media-files/{code}/download"
ASSETS = "/api/rest/v1/asset-media-files/{code}"


class Jobs:
    """Both jobs of one configuration and one PIM; state is kept from run to run."""

    def __init__(self, pim: DemoPim, /, **sections: Any) -> None:
        self.pim = pim
        self.world = FakeWorld(documents={"default": configured(pim, **sections)})
        self._runs = 0

    @property
    def document(self) -> dict[str, Any]:
        return self.world.documents["default"]

    def media(self, **input_: Any) -> Finished:
        return run_media_job(self._services(), f"media-{self._runs}", **input_)

    def interrupted(self, **input_: Any) -> RunContext:
        """Run the media job until it has begun to deliver."""
        return interrupt_media_job(self._services(), f"media-{self._runs}", **input_)

    def products(self, *, differential: bool = False) -> Finished:
        return run_job(self._services(), DIFFERENTIAL if differential else FULL, f"products-{self._runs}")

    def change(self, product: str, **values: Any) -> None:
        """Edit a product now, as the jobs' clock has it; an attribute given None loses its value."""
        given = {code: data and [{"locale": None, "scope": None, "data": data}] for code, data in values.items()}
        now = self.world.now.isoformat()
        self.pim.edit({"op": "patch", "kind": "product", "key": product, "set": {"updated": now}, "values": given})

    def downloads(self) -> int:
        """How many binaries the PIM has sent so far."""
        calls = self.pim.stats()["calls"]
        return sum(number for path, number in calls.items() if path in (DOWNLOADS, ASSETS))

    def _services(self) -> Any:
        self._runs += 1
        self.world.wait(3600)
        client = AkeneoClient(self.pim.url, DEMO_LOGIN, sleep=lambda _: None)
        self.world.pim = client  # type: ignore[assignment]  # the real client instead of the fake
        return self.world.services


def elements(finished: Finished, tag: str) -> list[etree._Element]:
    """All elements of a name in the export's catalogues and price books."""
    bodies = [body for path, body in sorted(finished.files().items()) if path.endswith(".xml")]
    return [element for body in bodies for element in etree.fromstring(body).iter(f"{{*}}{tag}")]


def shown_paths(finished: Finished) -> set[str]:
    """Every image path products write: in groups, in values of image attributes, in the JSON of assets."""
    paths = {str(image.get("path")) for image in elements(finished, "image")}
    for value in elements(finished, "custom-attribute"):
        if value.get("attribute-id") == "akeneo_assetsData":
            for assets in json.loads(value.text or "{}").values():
                paths |= {path for one in assets for path in one["files"].values() if not path.startswith("http")}
        elif (value.text or "").startswith("akeneo/"):
            paths.add(str(value.text))
    return paths


def parent(element: etree._Element) -> etree._Element:
    found = element.getparent()
    assert found is not None
    return found


def groups_of(finished: Finished, product: str) -> list[tuple[str | None, list[tuple[str, str]], list[str]]]:
    (images,) = [one for one in elements(finished, "images") if parent(one).get("product-id") == product]
    return [
        (
            group.get("view-type"),
            [(str(v.get("attribute-id")), str(v.get("value"))) for v in group.iterfind("{*}variation")],
            [str(image.get("path")).rpartition("/")[2] for image in group.iterfind("{*}image")],
        )
        for group in images
    ]


def binaries(finished: Finished) -> dict[str, bytes]:
    """The static files of the export: path below `static/default/` → content."""
    return {
        path.partition("/static/default/")[2]: body for path, body in finished.files().items() if "/static/" in path
    }


def missing(finished: Finished) -> list[tuple[str, str, str]]:
    return [(r["kind"], r["id"], r["value"]) for r in finished.records() if r["reason"] == "media_missing"]


def picture_of(jobs: Jobs, identifier: str) -> str:
    """The media code of a demo product's picture."""
    store = jobs.pim.store
    return str(store.products.doc(str(store.identifiers().uuid(identifier)))["values"]["picture"][0]["data"])


def rows(finished: Finished, currency: str) -> dict[str, str]:
    """Product id → amount, or the mode of a removal."""
    book = etree.fromstring(finished.files()[f"pricebooks/akeneo-{currency}.xml"])
    return {
        str(row.get("product-id")): row.get("mode") or str(row.findtext("{*}amount"))
        for row in book.iter("{*}price-table")
    }
