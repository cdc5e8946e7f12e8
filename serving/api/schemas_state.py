"""What is answered without recording anything, described for callers' generators: states, assessments, proofs, health."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from serving.api.schemas import Answered, Binding, Grade, Never, Said, Sha256, Sources


class VetoFirst(Answered):
    """A veto that must be cleared first, how, and the days until that can be."""

    veto: str
    remedy: Said
    wait_days: int


class Step(Answered):
    """One indicator's change on the way to the next grade."""

    indicator: str
    label: Said
    direction: Literal["raise", "lower"]
    from_: Annotated[str, Field(alias="from")]
    to: str
    unit: Said
    points: int
    wait_days: int


class PathShown(Answered):
    """The cheapest way to the next grade. reachable: whether these steps lead there."""

    target: Grade
    reachable: bool
    effort: int
    wait_days: int
    answer_first: list[str]
    vetoes_first: list[VetoFirst]
    steps: list[Step]


class HouseholdState(Answered):
    """A household at a glance: not recorded. latest_decision: the newest that the caller may see."""

    household_id: str
    village_code: str
    recorded: Never
    state: Binding
    path: PathShown | None
    sources: Sources
    latest_decision: UUID | None


class AssessmentAnswer(Answered):
    """A calculation on the values that were sent: not binding, not recorded."""

    binding_effect: Never
    notice: Said
    assessment: Binding
    path: PathShown | None


class InclusionProof(Answered):
    """Hashes in Base64 that lead from the entry to the checkpoint's root (RFC 9162, 2.1.3)."""

    index: Annotated[int, Field(ge=0)]
    size: Annotated[int, Field(ge=0)]
    path: list[str]
    checkpoint: str


class ConsistencyProof(Answered):
    """Hashes in Base64 that lead from one size's root to the other's (RFC 9162, 2.1.4)."""

    first: Annotated[int, Field(ge=0)]
    second: Annotated[int, Field(ge=0)]
    path: list[str]


class LogKey(Answered):
    """The key that checks checkpoints."""

    key: str


class Alive(Answered):
    """The process answers."""

    status: Literal["alive"]


class Ready(Answered):
    """The service can decide."""

    status: Literal["ready"]
    policy: str
    policy_sha256: Sha256
