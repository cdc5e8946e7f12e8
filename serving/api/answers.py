"""Which error is answered with which problem: one table for single calls and for each item of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from feature_store.adapters.connect import StoreUnavailable
from feature_store.adapters.id_keys import WrongIdKey
from feature_store.adapters.recording import ClockBehind
from feature_store.adapters.store import AtWork
from feature_store.id_cipher import IdNumberUnreadable
from scoring.errors import CreditFileInvalid, LushiError, PolicyNotInForce
from scoring.validate import Problem
from serving.access.callers import CsrfFailed, Forbidden, NotSignedIn
from serving.access.passwords import Busy
from serving.access.waits import MustWait
from serving.accounts.sign_in import NoSession
from serving.api.field_faults import fault_of
from serving.api.problems import Fault, not_signed_in, problem, wait
from serving.api.rate import TooManyCalls
from serving.approvals.proposals import ProposalRefused, UnknownProposal
from serving.challenger.versions import NoSuchVersion, RegistryUnavailable
from serving.consents.check import ConsentInvalid
from serving.consents.record import ConsentAmbiguous, ConsentTaken, UnknownConsent
from serving.consents.scope import UnknownHousehold
from serving.county.known_area import UnknownArea
from serving.county.purposes import UnknownPurpose
from serving.county.waiting_files import UnknownUpload
from serving.decisions.closing import ClosedOtherwise, NothingToClose, OpenElsewhere
from serving.decisions.request import KeyInUse, KeyReused
from serving.ledger.entries import UnknownDecision
from serving.ledger.proofs import NoSuchProof
from serving.monitoring.watch import NoReport
from serving.operations.readiness import NotReady
from serving.privacy.find_household import IdNumberInvalid
from serving.privacy.unmask import NoIdNumber
from serving.refused import Refused
from serving.replay.three_way import ReplaysBusy, UnknownPolicy
from serving.reviews.notes import ReviewSigned, ReviewUnfinished
from serving.reviews.read import UnknownReview
from serving.rights.objections import ObjectionResolved, UnknownObjection
from serving.rights.overrides import OverrideRefused, SecondPerson, UnknownOverride
from serving.telemetry.logs import get_logger, said
from serving.telemetry.metrics import ERRORS
from serving.turns import TooBusy

_LOG = get_logger("lushi.answers")


def answer_of(error: Exception) -> JSONResponse:
    """The problem that an error is answered with."""
    return next(answer for kind, answer in ANSWERS if isinstance(error, kind))(error)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem response."""

    async def handler(_: Request, error: Exception) -> JSONResponse:
        answer = answer_of(error)
        note(error, answer.status_code)
        return answer

    for kind, _ in ANSWERS:
        app.add_exception_handler(kind, handler)


def note(error: Exception, status: int) -> None:
    """Write down an error that is not the caller's doing."""
    if status == 503:
        ERRORS.labels(type(error).__name__).inc()
        _LOG.warning("a call cannot be answered now", why=said(error))
    elif status >= 500:
        ERRORS.labels(type(error).__name__).inc()
        _LOG.error("a call failed on our side", exc_info=error)


def _invalid(error: RequestValidationError) -> JSONResponse:
    faults = [fault_of(one) for one in error.errors()]
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return problem(400, "unreadable", "The body is not JSON. Send one JSON object in UTF-8.")
    return problem(422, "invalid", "One or more fields are not valid; each is listed under 'errors'.", faults[:100])


def _credit_file(error: CreditFileInvalid) -> JSONResponse:
    problems = [one for one in error.problems if isinstance(one, Problem)]
    faults = [Fault(where=f"values.{one.indicator}", what=one.what, mend=one.mend) for one in problems]
    return problem(422, "credit-file-invalid", "Values of the credit file are not allowed by the policy.", faults[:200])


def _purpose(error: UnknownPurpose) -> JSONResponse:
    fault = Fault(where="body.purpose", what="is not listed", mend=f"Use one of: {', '.join(error.purposes)}")
    return problem(422, "unknown-purpose", "The purpose is not one that the policy lists.", [fault])


def _refused(error: Refused) -> JSONResponse:
    faults = [Fault(where=one.where, what=one.what, mend=one.mend) for one in error.faults]
    return problem(422, "rule-broken", "The fields are well written, but break a rule; see 'errors'.", faults)


def _consent(error: ConsentInvalid) -> JSONResponse:
    fault = Fault(where="body.consent_reference", what=error.what, mend=error.mend)
    return problem(422, "consent-invalid", "The household's consent does not allow this decision.", [fault])


def _unknown(field: str, kind: str) -> Callable[[Exception], JSONResponse]:
    """An error about one field of the body, in its own words."""

    def answer(error: Exception) -> JSONResponse:
        fault = Fault(where=f"body.{field}", what="is not known here", mend=_sentence(error))
        return problem(422, kind, f"The {field} is not one that there is.", [fault])

    return answer


def _http(error: HTTPException) -> JSONResponse:
    word = _WORDS.get(error.status_code, "http")
    answer = problem(error.status_code, word, _HINTS.get(error.status_code, "See the API description."))
    answer.headers.update(error.headers or {})
    return answer


def _not_ready(error: NotReady) -> JSONResponse:
    faults = [Fault(where=one.name, what=one.detail, mend=one.mend) for one in error.failed]
    return problem(503, "not-ready", "What binding answers stand on is missing; 'errors' says what.", faults)


def _clock(_: ClockBehind) -> JSONResponse:
    words = (
        "The service's clock stands behind what is recorded already; nothing was done. Tell the operator and try again."
    )
    return problem(503, "clock-behind", words)


def _internal(_: Exception) -> JSONResponse:
    return problem(500, "internal", "The call failed on our side; report the time of the call.")


def _said(status: int, kind: str) -> Callable[[Exception], JSONResponse]:
    """An error whose own words may be shown."""
    return lambda error: problem(status, kind, _sentence(error))


_WORDS = {400: "unreadable", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "not-json"}
_HINTS = {
    400: "The request could not be read. Send one JSON object in UTF-8.",
    404: "There is nothing at this address; the API description at /openapi.json lists every address.",
    405: "This address does not take this method; see /openapi.json.",
}


def _sentence(error: Exception) -> str:
    words = str(error)
    return words[:1].upper() + words[1:] + "."


ANSWERS: tuple[tuple[type[Exception], Callable[[Any], JSONResponse]], ...] = (
    (RequestValidationError, _invalid),
    (CreditFileInvalid, _credit_file),
    (UnknownHousehold, _said(404, "unknown-household")),
    (UnknownArea, _said(404, "unknown-area")),
    (UnknownUpload, _said(404, "unknown-upload")),
    (UnknownDecision, _said(404, "unknown-decision")),
    (UnknownConsent, _said(404, "unknown-consent")),
    (ConsentTaken, _said(409, "consent-taken")),
    (ConsentAmbiguous, _said(409, "consent-ambiguous")),
    (ConsentInvalid, _consent),
    (Refused, _refused),
    (UnknownObjection, _said(404, "unknown-objection")),
    (UnknownOverride, _said(404, "unknown-override")),
    (SecondPerson, _said(403, "second-person")),
    (OverrideRefused, _said(409, "override-refused")),
    (ObjectionResolved, _said(409, "objection-resolved")),
    (UnknownReview, _said(404, "unknown-review")),
    (ReviewSigned, _said(409, "review-signed")),
    (ReviewUnfinished, _said(409, "review-unfinished")),
    (NoSuchProof, _said(404, "no-such-proof")),
    (NoIdNumber, _said(404, "no-id-number")),
    (IdNumberInvalid, _said(422, "id-number-invalid")),
    (IdNumberUnreadable, _said(409, "id-number-unreadable")),
    (WrongIdKey, _said(503, "id-key-not-in-use")),
    (NoSession, _said(404, "no-session")),
    (NotSignedIn, lambda _: not_signed_in()),
    (Forbidden, _said(403, "not-allowed")),
    (CsrfFailed, _said(403, "csrf")),
    (TooManyCalls, lambda error: wait("too-many-calls", _sentence(error), error.seconds)),
    (MustWait, lambda error: wait("too-many-wrong-passwords", _sentence(error), error.seconds)),
    (Busy, _said(503, "busy")),
    (KeyInUse, _said(409, "key-in-use")),
    (KeyReused, _said(422, "key-reused")),
    (OpenElsewhere, _said(409, "open-elsewhere")),
    (NothingToClose, _said(409, "nothing-to-close")),
    (ClosedOtherwise, _said(409, "closed-otherwise")),
    (PolicyNotInForce, _said(409, "policy-not-in-force")),
    (UnknownPurpose, _purpose),
    (UnknownPolicy, _unknown("policy", "unknown-policy")),
    (NoSuchVersion, _unknown("model", "unknown-model")),
    (UnknownProposal, _said(404, "unknown-proposal")),
    (ProposalRefused, _said(409, "proposal-refused")),
    (NoReport, _said(404, "unknown-report")),
    (RegistryUnavailable, _said(503, "models-unavailable")),
    (ReplaysBusy, _said(503, "replays-busy")),
    (NotReady, _not_ready),
    (AtWork, _said(409, "at-work")),
    (ClockBehind, _clock),
    (StoreUnavailable, _said(503, "store-unavailable")),
    (TooBusy, _said(503, "too-busy")),
    (HTTPException, _http),
    (LushiError, _internal),
    (Exception, _internal),
)
"""The first kind that fits an error answers it."""
