"""The sections of a configuration: frozen models whose fields carry the JSON keys and their defaults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from akeneo_sfcc.settings.values import (
    CatalogId,
    Code,
    Codes,
    CustomMapping,
    Flag,
    FolderPath,
    Host,
    LinkTypes,
    LinkViewTypes,
    LocaleMap,
    OptionalFolderPath,
    Prefix,
    Ratio,
    RecommendationTypes,
    Search,
    SiteLocales,
    SomeCodes,
    SystemMapping,
    TimeZone,
    ViewTypes,
    WebAddress,
    choice_or_attribute,
    json_text,
    text,
    whole,
)


class Section(BaseModel):
    """What all sections share: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemFilter(Section):
    """What the PIM's list endpoints take to narrow products or models down.

    search: property → conditions, passed on as they are. scope: the channel; the PIM then leaves out products
    that are not in the channel's category tree. search_locale: the locale of conditions that name none.
    """

    search: Search = {}
    attributes: SomeCodes | None = None
    locales: SomeCodes | None = None
    scope: Code | None = None
    search_locale: Code | None = None


Filter = Annotated[ItemFilter, BeforeValidator(json_text)]


class PimSettings(Section):
    """Where the PIM is and what is read from it."""

    base_url: WebAddress
    channel: Code
    locales: SomeCodes | None = None
    max_concurrency: Annotated[int, whole(1, 4)] = 4  # a connection of the PIM serves four calls at once
    page_size: Annotated[int, whole(1, 100)] = 100  # the API's own upper limit
    time_zone: TimeZone = "UTC"
    overlap_minutes: Annotated[int, whole(0, 10_080)] = 10
    product_filter: Filter = ItemFilter()
    product_model_filter: Filter = ItemFilter()


class LocaleSettings(Section):
    """How PIM locales become SFCC locales."""

    default: Code | None = "first"
    map: LocaleMap = {}
    site: SiteLocales | None = None

    def target(self, locale: str) -> str:
        """Return the SFCC locale of a PIM locale: the mapped one, else the code with hyphens."""
        return self.map.get(locale, locale.replace("_", "-"))


class AttributeSettings(Section):
    """How PIM attributes become SFCC attributes."""

    prefix: Prefix = "akeneo_"
    id_style: Literal["camel", "raw"] = "camel"
    groups: Literal["single", "pim"] = "single"
    system_mapping: SystemMapping = {}
    custom_mapping: CustomMapping = {}
    exclude: Codes = ()
    exclude_groups: Codes = ()
    measurements: Literal["text", "split"] = "text"
    prices: Literal["pricebook", "attribute"] = "pricebook"
    allow_type_change: Codes = ()


class ProductSettings(Section):
    """What identifies a product, when it is online, and what happens to emptied values."""

    id: Annotated[str, choice_or_attribute("identifier", "uuid")] = "identifier"
    online: Annotated[str, choice_or_attribute("status", "always", "never")] = "status"
    clear_empty: Literal["state", "family", "none"] = "state"
    max_reject_ratio: Ratio = 0.05

    @property
    def id_attribute(self) -> str | None:
        """Return the code of the attribute that holds the product id, if one does."""
        return _attribute_code(self.id)

    @property
    def online_attribute(self) -> str | None:
        """Return the code of the attribute that holds the online flag, if one does."""
        return _attribute_code(self.online)


class ModelSettings(Section):
    """How product models are written."""

    modelisation: Literal["master-variation", "master-group-variation"] = Field(
        default="master-variation", alias="import"
    )


class MasterCatalog(Section):
    """A catalogue that owns products."""

    id: CatalogId
    category_trees: SomeCodes | None = None
    default: Flag = False


class StorefrontCatalog(Section):
    """A catalogue that has categories and assigns products to them."""

    id: CatalogId
    root_category: Code | None = None
    category_trees: SomeCodes | None = None
    write_categories: Flag = True
    categories_online: Flag = True
    primary_category: Flag = False
    assign_variants: Flag = False


class FamilyAssociation(Section):
    """The family whose products are sets or bundles, and the association type that lists their parts."""

    family: Code
    association_type: Code


class AssociationSettings(Section):
    """What PIM associations become."""

    target: Literal["recommendations", "links"] = "recommendations"
    recommendation_types: RecommendationTypes = {}
    link_types: LinkTypes = {}
    product_set: FamilyAssociation | None = None
    bundle: FamilyAssociation | None = None


class ImageSettings(Section):
    """Which pictures products get, under which paths and view types."""

    source: Literal["images", "assets", "both", "none"] = "images"
    attributes: SomeCodes | None = None
    view_types: ViewTypes = ("large",)
    base_path: FolderPath = "akeneo"
    catalog_base_path: OptionalFolderPath = ""
    media: Literal["media_file", "media_link", "both"] = Field(default="media_file", alias="import")
    link_view_types: LinkViewTypes = {}
    external_location: WebAddress | None = None


class PricebookSettings(Section):
    """Where prices come from and what the price books are called."""

    attribute: Code | None = None
    id: Annotated[
        str,
        text(
            "an id of at most 200 characters with {currency} once in it",
            200,
            r"[^{}/\\]*\{currency\}[^{}/\\]*",
        ),
    ] = "akeneo-{currency}"


class DeletionSettings(Section):
    """What happens in SFCC to what left the PIM."""

    products: Literal["offline", "delete", "ignore"] = "offline"
    categories: Literal["ignore", "delete"] = "ignore"
    attributes: Literal["ignore", "report"] = "report"
    max_ratio: Ratio = 0.1


class DeliverySettings(Section):
    """How the files reach the SFCC instance."""

    mode: Literal["none", "site_archive", "impex"] = "none"
    host: Host | None = None
    ocapi_version: Annotated[str, text("a version such as v25_6", pattern=r"v[0-9]{1,3}_[0-9]{1,3}")] = "v25_6"
    short_code: Annotated[str, text("letters and digits", pattern=r"[A-Za-z0-9-]+")] | None = None
    tenant_id: (
        Annotated[str, text("a tenant id such as zzxy_prd", pattern=r"(f_ecom_)?[A-Za-z0-9]+_[A-Za-z0-9]+")] | None
    ) = None
    sites: Codes = ()
    impex_folder: FolderPath = "akeneo"
    keep_archives: Flag = False
    reindex: Flag = True


def _attribute_code(choice: str) -> str | None:
    return choice.partition(":")[2] or None
