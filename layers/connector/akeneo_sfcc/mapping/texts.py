"""Makes text fit for XML and for SFCC, and says what it had to change."""

from __future__ import annotations

from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.sfcc.limits import cut, has_forbidden, remove_forbidden


def clean_text(text: str, log: IssueLog, limit: int | None = None) -> str | None:
    """Return the text without forbidden characters and at most `limit` UTF-16 units long; None if nothing is left.

    Warns `forbidden_characters` and `text_cut`. Text of white space only is no value.
    """
    if not text.isprintable() and has_forbidden(text):
        log.value("warn", "forbidden_characters", text)
        text = remove_forbidden(text)
    if limit is not None and len(text) * 2 > limit:
        shorter = cut(text, limit)
        if len(shorter) != len(text):
            log.value("warn", "text_cut", text)
            text = shorter
    return text if text and not text.isspace() else None
