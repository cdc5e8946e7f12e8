"""What a decision is answered with, described for callers' generators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from scoring.opinion import Reason
from scoring.suspension import Cause
from serving.api.problems import ProblemDetails
from serving.api.schemas import Absent, Answered, Binding, Grade, Money, Number, Said, Sha256, Sources, absent
from serving.api.schemas_rights import Afterwards, ConsentUsed, DatumMark, Right


class NoOpinion(Answered):
    """There is no opinion, and why; the binding part is complete without one."""

    status: Literal["unavailable"]
    reason: Reason


class OpinionSuspended(Answered):
    """Opinions are suspended, and the model was not asked. since: when that was recorded; log_index: by which entry."""

    status: Literal["suspended"]
    reason: Cause
    since: datetime
    log_index: Annotated[int, Field(ge=0)]
    note: Said


class ModelUsed(Answered):
    """The model that spoke."""

    version: str
    sha256: Sha256
    created_at: str
    feature_set: str
    feature_set_sha256: Sha256


class Interval(Answered):
    """95 % interval of the rate realised by held-out loans."""

    low: Number
    high: Number


class MainSaid(Said):
    """A main contribution in words."""

    feature: str
    direction: Literal["raises", "lowers"]


class AgreementSaid(Said):
    """Whether card and model see the household alike. band: tenth of the held-out probabilities, 1 the safest."""

    band: int
    bands: int
    status: str
    grade: Grade | None
    usual_pd: Number | None
    agrees: bool | None


class CaveatSaid(Said):
    """Something that makes the opinion less sure."""

    id: Literal["outside_support", "shifted_inputs", "old_model"]
    features: list[str]


class ShiftSaid(Answered):
    """Population stability index of recent scores against those at training."""

    psi: Number
    opinions: int


class OpinionGiven(Answered):
    """The challenger's opinion: it advises only. by_feature: rows as ``columns`` names them; an empty value is a missing one."""

    status: Literal["given"]
    note: Said
    model: ModelUsed
    pd: Number
    pd_interval: Interval
    log_odds: Number
    base_value: Number
    columns: list[str]
    by_feature: list[tuple[str, str, str]]
    additivity_error: Number
    main: list[MainSaid]
    agreement: AgreementSaid
    caveats: list[CaveatSaid]
    shift: ShiftSaid | None


class Receipt(Answered):
    """The decision's place in the log, and what shows that its entry is about this answer (docs/log.md)."""

    log_index: Annotated[int, Field(ge=0)]
    log_entry: str
    leaf_hash: Sha256
    salt: str | None
    checkpoint: str | None


class AskedBy(Answered):
    """The program or person that asked, and its bank."""

    client_id: str
    tenant: str


class LoanRecorded(Answered):
    """The loan as it was asked for."""

    purpose: str
    amount_cny: Money
    term_months: int
    consent_reference: str


class DecisionAnswer(Answered):
    """A decision as it was recorded, with its receipt.

    client, consent, marks, rights: absent in older records, as advisory is null in the oldest. marks: what objections said of
    its data; rights: null for the best outcome. afterwards: absent where nothing came after it.
    """

    format: Annotated[int, Field(ge=1)]
    kind: Literal["decision"]
    decision_id: UUID
    recorded_at: datetime
    household_id: str
    village_code: str
    client: AskedBy | Absent = absent()
    request: LoanRecorded
    consent: ConsentUsed | Absent = absent()
    binding: Binding
    advisory: OpinionGiven | NoOpinion | OpinionSuspended | None
    read: Sources
    marks: list[DatumMark] | Absent = absent()
    rights: list[Right] | None = absent()
    receipt: Receipt
    afterwards: Afterwards | Absent = absent()


class ErasedDecision(Answered):
    """A decision whose content was erased after its retention; its place in the log stays."""

    decision_id: UUID
    erased: Literal[True]
    receipt: Receipt
    afterwards: Afterwards | Absent = absent()


class ItemDecided(Answered):
    """An item that was decided."""

    status: Literal[201]
    decision: DecisionAnswer


class ItemRefused(Answered):
    """An item that was not decided."""

    status: Annotated[int, Field(ge=400, le=599)]
    problem: ProblemDetails


class ManyAnswered(Answered):
    """The results of many calls, in their order."""

    results: list[ItemDecided | ItemRefused]
