"""What each reason and each error means, and what to do about it: the texts people read after a run.

They stand here once. The report and the message take them from here; docs/mapping.md section 13 and docs/errors.md say
the same, and a test compares them. Names in back-ticks are settings, commands and error names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item or a value did not come over as it is, and how it would."""

    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ErrorAdvice:
    """What an error that ends a run means; cases: what may have been seen → what to do then."""

    meaning: str
    next_step: str
    cases: tuple[tuple[str, str], ...] = ()


REASONS: dict[str, Reason] = {
    "bad_id": Reason("SFCC refuses the id, or the option's code", "change it in the PIM, or `products.id`"),
    "duplicate_id": Reason("a model has the product's id", "change one of them in the PIM"),
    "no_master_catalog": Reason(
        "no entry of `master_catalogs` takes the product", "add its tree to an entry, or a default entry"
    ),
    "catalog_changed": Reason(
        "the product was written to another master catalogue", "move it in SFCC, or undo the change"
    ),
    "root_missing": Reason(
        "the root model was not read; the variant is a simple product", "look at `pim.product_model_filter`"
    ),
    "no_variants": Reason("a model without variants; written offline", "add variants, or delete the model"),
    "variants_over_quota": Reason("more than 1,000 variants, SFCC's limit", "split the model"),
    "axis_value_missing": Reason("the variant has no value for an axis", "fill it in the PIM"),
    "axis_value_duplicate": Reason("two variants with the same axis values", "tell them apart in the PIM"),
    "axis_value_too_long": Reason("an axis value over 256 characters", "shorten it"),
    "not_a_number": Reason("the value is not a number", "correct it"),
    "not_a_date": Reason("the value is not a date", "correct it"),
    "not_a_boolean": Reason("the value is neither true nor false", "correct it"),
    "int_out_of_range": Reason(
        "the number does not fit 32 bits", "allow decimals in the PIM: the attribute becomes a double"
    ),
    "does_not_fit": Reason("the system attribute cannot hold the value", "map another attribute, or correct the value"),
    "text_cut": Reason("text or label over SFCC's length", "shorten it, or use a text area"),
    "too_many_values": Reason("more than 200 values", "use fewer"),
    "forbidden_characters": Reason("control characters were taken out", "clean the value"),
    "unknown_option": Reason("the code is no option of the attribute", "correct the value"),
    "no_options": Reason("a select without options is not defined", "add options, or exclude it"),
    "id_collision": Reason(
        "two ids meet, or differ by case alone; two media codes have one path",
        "rename one, or use `attributes.id_style: raw`",
    ),
    "unknown_attribute_type": Reason("a type this version does not know, written as JSON", "exclude it, or update"),
    "unmapped_association_type": Reason("no SFCC target for the association type", "map it if it is wanted"),
    "target_not_exported": Reason("the associated item is not in SFCC", "look for its own record"),
    "bad_amount": Reason("the price is negative or no number", "correct it"),
    "media_missing": Reason("the binary is gone from the PIM", "upload it again"),
    "link_outside_location": Reason("the media link is not below `images.external_location`", "correct one of them"),
    "cannot_clear": Reason("SFCC has no way to empty this element", "set it in SFCC, or give it a value"),
}
"""Reason code of a reject or warning → what it means."""

ERRORS: dict[str, ErrorAdvice] = {
    "TransientError": ErrorAdvice(
        "Something outside did not answer as it should and may do so later: the PIM, SFCC or AWS. The run tried again "
        "for minutes.",
        "When what the cause names is back, redrive the execution or start a new one. If the PIM throttles all the "
        "time, lower `pim.max_concurrency` or look for another client on the same connection.",
    ),
    "ConfigurationError": ErrorAdvice(
        "A setting, a credential or a permission is wrong, and will be until somebody changes it. The cause lists "
        "everything that was found.",
        "Correct it, make sure with `akeneo-sfcc check`, then start a new execution: a redrive keeps the old input.",
        (
            ("unknown key, wrong type, value not allowed", "correct the setting named"),
            (
                "channel, locale, attribute, family or category tree does not exist",
                "correct the setting, or the PIM",
            ),
            ("401 at login", "check client id, secret, user and password of the PIM connection"),
            ("403", "give the connection's user the permission the message names"),
            ("422 on a filter", "correct `pim.product_filter` or `pim.product_model_filter`"),
            (
                "Account Manager refused the API client",
                "check client_id and client_secret of SFCC's secret; the client must be active and log in by "
                "client_secret_basic",
            ),
            (
                "the API client may not do something in SFCC (401, 403)",
                "grant what the message quotes, then redrive the execution: the import goes on",
            ),
            (
                "the instance has no such job",
                "import the archive that `akeneo-sfcc sfcc-setup` writes, then redrive the execution",
            ),
            (
                "an upload is refused (413, 507)",
                "start the sandbox, or make room in Impex, then redrive the execution",
            ),
        ),
    ),
    "DataError": ErrorAdvice(
        "What was read or what would be written breaks a rule the run depends on, so that going on would do harm.",
        "Find the cause below, put it right, then start a new execution.",
        (
            (
                "more rejects than `products.max_reject_ratio`",
                "look at the reasons in the report; correct the products, or raise the ratio for one run",
            ),
            (
                "an attribute would change its type",
                "undo the change in the PIM, or list the attribute in `attributes.allow_type_change` for one run; SFCC "
                "then drops its values, so run a full import of the products afterwards",
            ),
            (
                "more products gone than `deletions.max_ratio`",
                "look whether a filter, a permission or a category tree changed; raise the ratio if it is meant",
            ),
            (
                "the PIM's answer is not what its API describes",
                "update the product, or ask the PIM's operator what stands between",
            ),
            ("keys of a page do not rise", "the same: something between answers with stale pages"),
            ("an object of the run or of the committed state is missing or damaged", "start a new full run"),
            (
                "SFCC refused data",
                "the cause has SFCC's words: an unknown locale belongs into `locales.site`, an unknown attribute needs "
                "job 1; correct it, then start a new execution",
            ),
            (
                "an import was aborted, ended with an error or left no log",
                "look at the execution in Business Manager, then start a new execution",
            ),
        ),
    ),
    "RunLockedError": ErrorAdvice(
        "Another execution holds the lock of this configuration and family of jobs, or has overtaken this run.",
        "Nothing is lost, and there is nothing to do: the newer run covers the same products.",
    ),
}
"""Error name a function ends with → what it means."""

OTHER_ENDINGS: dict[str, ErrorAdvice] = {
    "TIMED_OUT": ErrorAdvice(
        "The execution took longer than its state machine allows.",
        "Look at the stages: one that took unusually long tells why. Then redrive the execution or start a new one.",
    ),
    "ABORTED": ErrorAdvice("Somebody, or something, stopped the execution.", "Start a new execution when it suits."),
    "States.ExceedToleratedFailureThreshold": ErrorAdvice(
        "An item of a map failed, and with it the map.",
        "Open the execution's map run: the failed child has the error. Then do what is right for that error.",
    ),
    "States.Timeout": ErrorAdvice(
        "A state took longer than its definition allows.",
        "Redrive the execution; if it ends so again, look at the function's log.",
    ),
    "": ErrorAdvice(
        "A function was stopped from outside, or an AWS service refused.",
        "Redrive the execution; if it ends so again, look at the function's log.",
    ),
}
"""Status or error of an execution that ended without one of the four names; "" stands for all others."""


def advice_for(status: str, error: str | None) -> ErrorAdvice:
    """Return what to tell of an execution by its error's name, else by how it ended."""
    known = ERRORS | OTHER_ENDINGS
    return known.get(error or "") or OTHER_ENDINGS.get(status) or OTHER_ENDINGS[""]
