"""Texts of the county that is walked which somebody may choose, each stored by its own road, each trying to be more than text."""

from __future__ import annotations

import csv
import io
from io import BytesIO

from feature_store.adapters.review_draw import Asked
from feature_store.feature_set import load_feature_set
from feature_store.filing import Coverage, civil_day
from feature_store.sidecar import Stated
from serving.access.callers import Caller
from serving.approvals import proposals
from serving.approvals.proposals import OF_MODELS
from serving.county import waiting_files
from serving.county.let_in import let_in
from serving.privacy.unmask import unmask
from serving.reviews.draw import draw_review
from serving.reviews.notes import Finding, note, sign
from serving.reviews.read import read_review
from serving.rights.objections import About, Outcome, Raised, file_objection, resolve_objection
from tests.fakes import models
from tests.fakes.registry import FakeRegistry
from tests.serving.console.walked import EVIL
from tests.serving.console.workshop import CERTAIN, run
from tests.serving.served import Served


def name_places(served: Served, officer: Caller, township: str) -> str:
    """Let in a file of areas with a name that is no name, of a village whose name is none either; the village."""
    parts, village = served.parts, f"{township}998"
    content = io.StringIO()
    rows = (
        ("code", "kind", "parent", "name_zh", "name_en"),
        (village, "village", township, f"村 {EVIL}", f"Village {EVIL}"),
    )
    csv.writer(content).writerows(rows)
    name = f"{EVIL}stored.csv".rpartition("/")[2]
    stated = Stated("areas", civil_day(parts.clock.now()), Coverage.LISTED, ())
    one = waiting_files.keep(parts, officer, name, BytesIO(content.getvalue().encode()), stated)
    done = let_in(parts, officer, one, without_faulty=False)
    assert done.outcome == "imported", done.faults
    waiting_files.give_up(parts, one)
    return village


def write_drafts(served: Served) -> None:
    """A draft with such a title, and a version of the challenger that its gate refused in such words."""
    about = served.parts.settings.policies / CERTAIN / "about.yaml"
    quoted = EVIL.replace("'", "''")
    lines = [
        f"title: {{zh: '草案 {quoted}', en: 'Draft {quoted}'}}" if it.startswith("title:") else it
        for it in about.read_text(encoding="utf-8").splitlines()
    ]
    about.write_text("\n".join(lines) + "\n", encoding="utf-8")
    registry = served.parts.challengers.registry
    assert isinstance(registry, FakeRegistry)
    reasons = [{"id": "auc", "zh": f"门 {EVIL}", "en": f"gate {EVIL}"}]
    refused = models.artefact(load_feature_set(), seed=3, gate={"verdict": "refuse", "reasons": reasons})
    registry.add(refused, verdict="refuse")
    registry.runs["4"] = run()


def write_ends(served: Served, callers: dict[str, Caller], household: str) -> dict[str, str]:
    """How things ended: an objection answered, an ID number shown, a review signed, a proposal withdrawn; where that is read."""
    parts, today = served.parts, civil_day(served.parts.clock.now())
    raised = Raised(household, About.HUMAN_REVIEW, None, None, "请人工复核")
    filed = file_objection(raised, parts, caller=callers["village"])
    resolve_objection(
        filed.objection_id, parts, caller=callers["county"], outcome=Outcome.MARK_REMOVED, answer=f"answer {EVIL}"
    )
    unmask(household, parts, caller=callers["auditor"], reason=f"reason {EVIL}")
    review = draw_review("signed", Asked("bank", today, today, "", "", 1, "1"), parts, caller=callers["auditor"])
    for it in read_review(review, parts, after=0, most=50).items:
        note(review, it.position, Finding.IN_ORDER, "", parts, caller=callers["auditor"])
    sign(review, f"conclusion {EVIL}", parts, caller=callers["auditor"])
    by = callers["analyst"].client_id
    made = proposals.propose(parts, "promote", "2", by=by, why=f"ended move {EVIL}")
    proposals.close(parts, made.number, by=by, kinds=OF_MODELS)
    return {"{answered}": str(filed.objection_id), "{signed}": str(review)}
