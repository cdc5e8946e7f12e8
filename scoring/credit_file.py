"""What is known about one household at a moment.

Values are kept as *codes*: one whole number per value, whatever the type, so that every rule of
the policy is a comparison of integers and the one-household path, the county path and a file
read back from disk cannot differ by rounding.

=========  =======================================================
type       code
=========  =======================================================
boolean    0 no, 1 yes
count      the count
number     the value times ten to the power of its decimals
category   position in the indicator's list of categories
episode    0 none, :data:`OPEN` still open, else the end date's day number
=========  =======================================================

An *episode* is a matter that begins and ends (a penalty, a blacklisting): its one value says
that there was none, that it is open, or the day on which it ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

MISSING = -(2**31)
"""Nobody has reported the value."""
STALE = MISSING + 1
"""The value was reported too long ago to be used (only inside the engine)."""
OPEN = 2**31 - 1
"""An episode that has not ended."""
NONE = 0
"""No such episode; also the code of a known 'no' or 'zero'."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What one source last said about a household.

    observed_on: day on which it was true.
    valid_until: last day on which the source's assessed (subjective) items may be used.
    filing: sequence number of the filing, or None where a complete list says "not named".
    batch: number of the batch that the statement came with; 0 for a submitted file.
    """

    observed_on: date
    valid_until: date | None = None
    filing: int | None = None
    batch: int = 0


@dataclass(frozen=True, slots=True)
class CreditFile:
    """A household's indicators as known at one moment.

    codes: indicator id to code; an absent id is missing.
    sources: source id to what it last reported.
    """

    household_id: str
    village_code: str
    codes: Mapping[str, int]
    sources: Mapping[str, Reported] = field(default_factory=dict)
