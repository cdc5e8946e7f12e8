"""How a written value becomes a code and a code becomes a value, for one indicator."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from scoring.credit_file import MISSING, NONE, OPEN, STALE
from scoring.policy.elements import Indicator

YES = ("yes", "true", "1", "是", "有")
NO = ("no", "false", "0", "否", "无")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
EARLIEST, LATEST = date(1950, 1, 1).toordinal(), date(2100, 12, 31).toordinal()


def expected(indicator: Indicator) -> str:
    """What may be written for the indicator, in words (for messages and templates)."""
    if indicator.kind == "boolean":
        return "yes or no"
    if indicator.kind == "category":
        return "one of " + ", ".join(indicator.categories)
    if indicator.kind == "episode":
        return "none, open, or the end date as YYYY-MM-DD"
    low, high = show(indicator, indicator.low), show(indicator, indicator.high)
    decimals = f" with at most {indicator.decimals} decimals" if indicator.decimals else ""
    what = "a whole number" if not indicator.decimals else "a number"
    return f"{what} from {low} to {high}{decimals}"


def read(indicator: Indicator, written: str) -> int | None:
    """The code of a written value; MISSING for an empty one; None where it is not allowed."""
    written = written.strip()
    if not written:
        return MISSING
    return _READERS[indicator.kind](indicator, written)


def show(indicator: Indicator, code: int) -> str:
    """A code as it would be written; '' for a missing one."""
    if code in (MISSING, STALE):
        return ""
    if indicator.kind == "boolean":
        return "yes" if code else "no"
    if indicator.kind == "category":
        return indicator.categories[code]
    if indicator.kind == "episode":
        return "none" if code == NONE else "open" if code == OPEN else date.fromordinal(code).isoformat()
    return str(Decimal(code).scaleb(-indicator.decimals)) if indicator.decimals else str(code)


def _boolean(_: Indicator, written: str) -> int | None:
    lowered = written.lower()
    return 1 if lowered in YES else 0 if lowered in NO else None


def _number(indicator: Indicator, written: str) -> int | None:
    if not _NUMBER.fullmatch(written):
        return None
    scaled = Decimal(written).scaleb(indicator.decimals)
    code = int(scaled)
    return code if code == scaled and indicator.low <= code <= indicator.high else None


def _category(indicator: Indicator, written: str) -> int | None:
    return indicator.categories.index(written) if written in indicator.categories else None


def _episode(_: Indicator, written: str) -> int | None:
    if written == "none" or written == "无":
        return NONE
    if written == "open" or written == "未了结":
        return OPEN
    if not _DATE.fullmatch(written):
        return None
    try:
        code = date.fromisoformat(written).toordinal()
    except ValueError:
        return None
    return code if EARLIEST <= code <= LATEST else None


_READERS: dict[str, Callable[[Indicator, str], int | None]] = {
    "boolean": _boolean,
    "count": _number,
    "number": _number,
    "category": _category,
    "episode": _episode,
}
