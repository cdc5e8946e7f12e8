"""What a replay is answered with, described for callers' generators."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from scoring.grade import Status
from serving.api.schemas import Answered, Grade, Money, Never, Number, Offer, Said, Sha256
from serving.replay.words import Kind, Verdict

T = TypeVar("T")


class Both(Answered, Generic[T]):
    """As it was recorded, and as it comes again."""

    recorded: T
    again: T


class PolicyChanged(Answered):
    """The other policy."""

    id: str
    sha256: Sha256


class ChangedSaid(Answered):
    """What was changed. policy, model: null where they are the recorded ones."""

    policy: PolicyChanged | None
    data: Literal["then", "now"]
    model: str | None


class WhySaid(Said):
    """Something that differs, or why the decision cannot be repeated."""

    id: Kind
    detail: str


class OutcomeSaid(Answered):
    """The outcome twice. points_changed: rows as ``points_columns`` names them; null where a policy does not score it."""

    on: Both[date]
    status: Both[Status]
    grade: Both[Grade | None]
    score: Both[int | None]
    limit_cny: Both[Money]
    offered: Both[bool]
    offer: Both[Offer | None]
    blocks: Both[list[str]]
    vetoes: Both[list[str]]
    pd: Both[Number | None]
    points_columns: list[str]
    points_changed: list[tuple[str, int | None, int | None]]


class ReplayAnswer(Said):
    """A decision replayed: not recorded, not binding. outcome: null where nothing could be compared."""

    decision_id: UUID
    log_index: Annotated[int, Field(ge=0)]
    recorded: Never
    changed: ChangedSaid
    verdict: Verdict
    causes: list[Verdict]
    why: list[WhySaid]
    not_compared: list[str]
    outcome: OutcomeSaid | None
