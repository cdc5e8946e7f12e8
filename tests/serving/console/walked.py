"""A county for the walk of the console: what there is of each bank, and one of everything else that it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from uuid import UUID, uuid4

from feature_store.adapters.review_draw import Asked
from feature_store.filing import Coverage, civil_day
from feature_store.sidecar import Stated
from scoring.terms import Request
from serving.access.callers import Caller
from serving.approvals import proposals, trials
from serving.consents.record import Given, record_consent
from serving.consents.uses import Use
from serving.county import waiting_files
from serving.county.area_states import AreaStates
from serving.county.grade_county import grade_county
from serving.decisions.decide import decide, state_of
from serving.decisions.request import DecisionRequest
from serving.reviews.draw import draw_review
from serving.reviews.notes import Finding, note
from serving.rights.objections import About, Raised, file_objection
from serving.rights.overrides import OverrideOutcome, Proposed, propose_override
from tests.serving.console.workshop import CERTAIN, REPORTED
from tests.serving.served import Served, consent_of

ATTEMPTS = ("<script>alert(1)", "<img src=x")
EVIL = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>"""
"""What every text of the county that somebody may choose tries to be."""


@dataclass
class Things:
    """What addresses name: parts of a path or query, by what stands for them in the table. Made anew: what is not there."""

    of: dict[str, str] = field(default_factory=dict)

    def address(self, pattern: str, query: str = "") -> str:
        """A route's address with its things in it."""
        path = pattern + (f"?{query}" if query else "")
        for name, value in self.of.items():
            path = path.replace(name, value)
        assert "{" not in path, path
        return path


@dataclass(frozen=True)
class OfBank:
    """What one bank has of one household."""

    household: str
    decision: str
    override: str
    consent: str
    objection: str


def offered(served: Served) -> tuple[str, str]:
    """A household that is offered terms, and one of another township."""
    parts, areas = served.parts, AreaStates()
    found = (it for it in served.ids() if state_of(it, parts, areas).assessment.terms.offer is not None)
    first = next(found)
    return first, next(it for it in found if it[:9] != first[:9])


def of_bank(served: Served, clerk: Caller, household: str) -> OfBank:
    """One of each; every text says whose it is."""
    parts, bank, areas = served.parts, clerk.tenant, AreaStates()
    loan = Request("livestock", Decimal(20000), 12)
    entry = decide(DecisionRequest(household, loan, consent_of(household, bank)), parts, areas, caller=clerk)
    today = civil_day(parts.clock.now())
    consent, later = f"walk-paper-{bank}", today.replace(month=today.month + 1)
    record_consent(Given(consent, household, bank, Use.LOAN_MONITORING, today, later), parts, caller=clerk)
    proposed = Proposed(OverrideOutcome.DECLINE, None, f"why of {bank} {EVIL}", later)
    override = propose_override(entry.decision_id, proposed, parts, areas, caller=clerk)
    said = Raised(household, About.DATUM, "late_1_30", None, f"statement of {bank} {EVIL}")
    objection = file_objection(said, parts, caller=clerk)
    return OfBank(household, str(entry.decision_id), str(override.override_id), consent, str(objection.objection_id))


@dataclass(frozen=True)
class Made:
    """What the county holds for the walk. things: as addresses name them. secrets: words by what they are."""

    things: Things
    a: OfBank
    b: OfBank
    secrets: dict[str, str]


def make(served: Served, callers: dict[str, Caller], near: str, far: str) -> Made:
    """One of everything that the console shows; of bank-a of one household, of bank-b of another."""
    parts = served.parts
    today = civil_day(parts.clock.now())
    grade_county(parts, today)
    here, a, b = (
        served.village(near),
        of_bank(served, callers["clerk"], near),
        of_bank(served, callers["other bank"], far),
    )
    about = Raised(a.household, About.DECISION, None, UUID(a.decision), f"statement of the village {EVIL}")
    network = str(file_objection(about, parts, caller=callers["village"]).objection_id)
    asked = Asked("bank", today, today, "", "", 5, "12345678")
    review = draw_review(f"review of the walk {EVIL}", asked, parts, caller=callers["auditor"])
    note(review, 1, Finding.QUESTION, f"note of the walk {EVIL}", parts, caller=callers["auditor"])
    rows = b"loan_id,month_end,balance_cny,days_past_due\nx,2017-03-31,1.00,0"
    stated = Stated("loan_months", today, Coverage.LISTED, ())
    name = f"{EVIL}waits.csv".rpartition("/")[2]
    upload = waiting_files.keep(parts, callers["county"], name, BytesIO(rows), stated)
    by = callers["analyst"].client_id
    model = proposals.propose(parts, "promote", "2", by=by, why=f"model move {EVIL}")
    draft = proposals.propose(parts, "approve_policy", CERTAIN, by=by, why=f"policy move {EVIL}")
    of = {
        "{household_id}": a.household,
        "{decision_id}": a.decision,
        "{override_id}": a.override,
        "{reference}": a.consent,
        "{objection_id}": a.objection,
        "{review_id}": str(review),
        "{position}": "1",
        "{upload_id}": upload.upload_id,
        "townships/{code}": f"townships/{here[:9]}",
        "villages/{code}": f"villages/{here}",
        "{village}": here,
        "models/proposals/{number}": f"models/proposals/{model.number}",
        "policies/proposals/{number}": f"policies/proposals/{draft.number}",
        "trials/{number}": f"trials/{trials.newest(parts, most=1)[0].number}",
        "models/{version}": "models/1",
        "{on}": REPORTED.isoformat(),
        "{folder}": CERTAIN,
        "users/{name}": "users/walk-clerk-b",
        "clients/{name}": "clients/walk-program",
        "assets/{version}/{name}": "assets/x/console.css",
        "{language}": "en",
    }
    return Made(Things(of), a, b, {"network objection": network, "upload": upload.upload_id, "file": name})


def of_the_other(made: Made) -> Things:
    """The same addresses, of what is bank-b's."""
    b = made.b
    other = {"{household_id}": b.household, "{decision_id}": b.decision, "{reference}": b.consent}
    return Things(made.things.of | other | {"{override_id}": b.override, "{objection_id}": b.objection})


def nothing(made: Made) -> Things:
    """Addresses of the same kinds, of what is not there."""
    none = str(uuid4())
    gone = dict(made.things.of)
    village = gone["{village}"]
    gone |= {"{household_id}": f"{village}-9999", "{reference}": "no-such-paper", "{village}": f"{village[:9]}999"}
    gone |= dict.fromkeys(("{decision_id}", "{override_id}", "{objection_id}", "{review_id}", "{upload_id}"), none)
    gone |= {"townships/{code}": f"townships/{village[:6]}999", "villages/{code}": f"villages/{village[:9]}999"}
    gone |= {f"{it}/{{number}}": f"{it}/99999999" for it in ("models/proposals", "policies/proposals", "trials")}
    gone |= {"models/{version}": "models/99", "{on}": "2001-01-01", "{folder}": "nowhere"}
    gone |= {"users/{name}": "users/nobody-has-it", "clients/{name}": "clients/nobody-has-it"}
    return Things(gone)
