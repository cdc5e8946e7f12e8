"""Where a field is wrong, in what way and what mends it; names that a caller made up are never repeated."""

from __future__ import annotations

from typing import Any

from serving.api.problems import Fault

_MENDS = {
    "missing": ("is missing", "Send the field"),
    "sent_twice": ("stands twice", "Send it once"),
    "extra_forbidden": ("is a field that does not exist", "Remove it"),
    "string_pattern_mismatch": ("is not written as it must be", "See the field's pattern in the API description"),
    "uuid_parsing": ("is not an id of the service", "Use the id as an answer gave it"),
    "date_from_datetime_parsing": ("is not a date", "Write it as YYYY-MM-DD"),
    "value_error": ("is not written as it must be", "See the field in the API description"),
    "date_parsing": ("is not a date", "Write it as YYYY-MM-DD"),
}
FIELDS = frozenset(
    [
        "body",
        "path",
        "query",
        "header",
        "Idempotency-Key",
        "household_id",
        "decision_id",
        "purpose",
        "amount_cny",
        "term_months",
        "consent_reference",
        "decisions",
        "values",
        "request",
        "on",
        "id_number",
        "reason",
        "index",
        "first",
        "second",
        "reference",
        "tenant",
        "granted_on",
        "until",
        "objection_id",
        "override_id",
        "limit_cny",
        "why",
        "expires_on",
        "about",
        "indicator",
        "statement",
        "outcome",
        "answer",
        "state",
        "after",
        "limit",
        "policy",
        "data",
        "model",
        "cause",
    ]
)
"""Names that a fault may say: those of the description, never one that a caller made up."""
_LIMITS = {
    "gt": "It must be above",
    "ge": "It must be at least",
    "le": "It must be at most",
    "lt": "It must be below",
    "max_length": "Its length must be at most",
    "min_length": "Its length must be at least",
    "decimal_places": "Decimals at most",
    "max_digits": "Digits at most",
}


def fault_of(error: dict[str, Any]) -> Fault:
    """Where and what, from pydantic's error; names that the caller made up are not repeated."""
    where = ".".join(str(part) if part in FIELDS else "?" for part in error["loc"]) or "body"
    what, mend = _MENDS.get(error["type"], ("is not valid", "Correct it as the API description says"))
    limit = {key: value for key, value in (error.get("ctx") or {}).items() if key in _LIMITS}
    if limit and error["type"] not in _MENDS:
        mend = "; ".join(f"{_LIMITS[key]} {value}" for key, value in sorted(limit.items()))
    return Fault(where=where, what=what, mend=mend)
