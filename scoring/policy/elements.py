"""What a policy is made of at the lowest level: wordings, citations, indicators, conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["boolean", "count", "number", "category", "episode"]
Refresh = Literal["any_time", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Text:
    """A wording in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a value comes from. ``assumed``: ours, because no source states it."""

    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A department that files about households.

    clear: a complete list that does not name a household means "nothing to report".
    """

    id: str
    label: Text
    clear: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """One item of the credit file. ``low`` and ``high`` bound its codes, both inclusive.

    column: the name under which files carry it. risk: direction in which default risk may move
    as the value rises ('up', 'down', 'any'), or None where a model may not use it.
    subjective: assessed by people, so a filing needs evidence, two assessors and an expiry.
    """

    id: str
    heading: str
    label: Text
    kind: Kind
    unit: str
    low: int
    high: int
    decimals: int
    categories: tuple[str, ...]
    clear: int
    source: str
    refresh: Refresh
    sensitivity: Literal["plain", "personal", "sensitive"]
    consent: bool
    subjective: bool
    risk: Literal["up", "down", "any"] | None
    column: str
    cite: Cite


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one indicator's code, from the closed list of operators.

    active: an episode open or still inside its observation period. Otherwise the code must lie
    from ``low`` to ``high`` and, where ``codes`` is not empty, be one of them.
    """

    indicator: str
    active: bool
    low: int
    high: int
    codes: tuple[int, ...]
    says: str

    def holds(self, code: int) -> bool:
        """Whether a known code of a non-episode indicator meets the condition."""
        return self.low <= code <= self.high and (not self.codes or code in self.codes)
