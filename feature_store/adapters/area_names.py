"""What some villages and townships are called now."""

from __future__ import annotations

from feature_store.adapters.together import Asked, Rows

NAMES = Asked("SELECT code, name_zh, name_en FROM areas WHERE code = ANY(CAST(:codes AS text[]))")
Names = dict[str, tuple[str, str]]
"""(zh, en) by code."""


def names_told(rows: Rows) -> Names:
    """The names in the rows of :data:`NAMES`; an area that is not known is not among them."""
    return {row.code: (row.name_zh, row.name_en) for row in rows}
