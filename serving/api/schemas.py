"""What answers hold, described for callers' generators: the binding part of a decision.

Answers are written once, as bytes, where they are made; these models only describe them, and tests hold real answers against
them. Money and rates are text with a point, in yuan and percent a year.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from scoring.grade import Status
from scoring.vetoes import State

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Money = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$", examples=["100000.00"])]
Number = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$", examples=["0.0427"])]
Grade = Annotated[str, Field(examples=["AA"])]


Absent = SkipJsonSchema[None]
"""Beside a field's type: the field may be missing, but is never null. Its value is :func:`absent`."""


class Answered(BaseModel):
    """A part of an answer: it holds these fields and no others."""

    model_config = ConfigDict(extra="forbid")


def absent() -> Any:
    """The value of a field that may be missing."""
    return Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


class Said(Answered):
    """A sentence in both languages."""

    zh: str
    en: str


class ReasonSaid(Said):
    """A stated cause of a lower grade or a refusal. about: the indicator or veto it is about; source: the rule's."""

    id: str
    about: str
    source: str


class VetoFired(Answered):
    """A veto that fired. under_observation_until: last day on which it still counts."""

    id: str
    kind: str
    under_observation_until: date | None
    remedy: Said
    source: str


class Vetoes(Answered):
    """Every veto that was judged, by id, and those that fired."""

    fired: list[VetoFired]
    checked: dict[str, State]


class Known(Answered):
    """How many scored items there are, and of how many a usable value was known."""

    scored_items: int
    known: int


class Points(Answered):
    """Points, line by line. by_heading: total, added, deducted. by_indicator: rows as ``columns`` names them; two cells where it does not score."""

    base: int
    by_heading: dict[str, tuple[int, int, int]]
    columns: list[str]
    by_indicator: list[Annotated[list[str | int], Field(min_length=2, max_length=5)]]


class AreaStop(Answered):
    """Whether lending in an area is stopped. ratio: of bad loans, as a fraction; percent: the same to two decimals."""

    stopped: bool
    since: date | None
    ratio: Annotated[str, Field(pattern="^[0-9]+/[0-9]+$")]
    percent: Money
    as_at: date | None
    loans: int
    awaiting_sign_off: bool


class AreaControl(Answered):
    """The controls of the household's village and township. few_loans: too few for a ratio to count."""

    village: AreaStop
    township: AreaStop
    few_loans: bool


class Offer(Answered):
    """A product with its limit in yuan, longest term, yearly rate in percent and the share of interest that is subsidised."""

    product: str
    limit_cny: Money
    max_term_months: int
    rate: str
    subsidy_share: str


class Terms(Answered):
    """What may be lent. blocks: why nothing is."""

    offered: bool
    offer: Offer | None
    open_products: list[Offer]
    blocks: list[ReasonSaid]


class PolicyUsed(Answered):
    """The policy that was in force."""

    id: str
    effective_from: date
    sha256: Sha256
    certificate_sha256: Sha256


class Binding(Answered):
    """The binding part: grade, limit, and why. possible, ask: for a withheld grade, what it may still be and what would tell."""

    status: Status
    grade: Grade | None
    grade_without_vetoes: Grade | None
    score: int | None
    limit_cny: Money
    on: date
    vetoes: Vetoes
    reasons: Annotated[list[ReasonSaid], Field(max_length=4)]
    possible: list[str]
    ask: list[str]
    known: Known
    points: Points
    area_control: AreaControl | None
    terms: Terms
    policy: PolicyUsed
    note: Said


Source = tuple[date, int | None, int | None, date | None]
"""Day of the facts, filing number, import number, last day on which they count."""
Sources = dict[str, Source]
Never = Literal[False]
