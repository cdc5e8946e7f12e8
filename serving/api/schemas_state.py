"""What is answered without recording anything, described for callers' generators: states, assessments, proofs, health, people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from serving.access.roles import Role
from serving.api.schemas import Answered, Binding, Grade, Never, Said, Sha256, Sources
from serving.api.schemas_rights import DatumMark, Right


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
    """A household at a glance: not recorded. latest_decision: the newest that the caller may see.

    marks: what objections say of its data. rights: null for the best outcome.
    """

    household_id: str
    village_code: str
    recorded: Never
    state: Binding
    path: PathShown | None
    sources: Sources
    latest_decision: UUID | None
    marks: list[DatumMark]
    rights: list[Right] | None


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


class CheckPassed(Answered):
    """Something that binding answers stand on, and what was found."""

    name: Literal["database", "policy", "log"]
    ok: Literal[True]
    detail: str


class OpinionChecked(Answered):
    """Whether the challenger can be asked; decisions are made without it, too."""

    ok: bool
    detail: str


class Ready(Answered):
    """The service can decide."""

    status: Literal["ready"]
    policy: str
    policy_sha256: Sha256
    checks: list[CheckPassed]
    opinion: OpinionChecked


class HouseholdFound(Answered):
    """The household that has the ID number."""

    household_id: str


class IdNumberShown(Answered):
    """A household's ID number, whole: the one answer of the service that holds one."""

    household_id: str
    id_number: Annotated[str, Field(pattern="^[0-9]{17}[0-9X]$")]


class SessionOpened(Answered):
    """What a person's program needs beside the cookie. csrf_token: to be sent as X-CSRF-Token with every change.

    expires_at: when the session ends at the latest; it ends before when it is not used.
    """

    csrf_token: str
    expires_at: datetime
    role: Role
