"""The auditor's pages that are looked at: a household with an opinion, today's state, a review, one of its decisions."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from feature_store.adapters.review_draw import Asked
from feature_store.filing import civil_day
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.reviews.draw import draw_review
from serving.reviews.notes import Finding, note
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.console.looks import Looked
from tests.serving.console.site import Site
from tests.serving.served import ask

AUDITOR = Caller("auditor-1", "county", Role.AUDITOR)
EVIL = "<script>alert(1)</script> 请核对"
HOUSEHOLD = 2
_MADE: dict[tuple[str, str], str] = {}


def advised_decision(site: Site) -> str:
    """The id of a decision that holds an opinion; the same one each time."""
    key = (site.url, "advised")
    if key not in _MADE:
        advised = Advised(site.served)
        advised.stand(models.artefact(SET))
        _MADE[key] = advised.decide(site.served.ids()[HOUSEHOLD])["decision_id"]
    return _MADE[key]


def review_of(site: Site) -> str:
    """The id of a review with a few decisions, the first of which has a note that tries to be more than text."""
    key = (site.url, "review")
    if key not in _MADE:
        advised_decision(site)
        for one in site.served.ids()[200:210]:
            assert site.served.client.post("/v1/decisions", json=ask(one)).status_code == 201
        parts = site.served.parts
        today = civil_day(parts.clock.now())
        asked = Asked("grade", today.replace(day=1), today, "", "", 2, "12345678")
        review = draw_review(f"{EVIL} 抽查", asked, parts, caller=AUDITOR)
        site.served.clock.moment += timedelta(seconds=1)  # what other tests decide comes after the drawing
        note(review, 1, Finding.QUESTION, EVIL, parts, caller=AUDITOR)
        _MADE[key] = str(review)
    return _MADE[key]


def household(site: Site) -> str:
    """The address of the household with the opinion, replayed."""
    decision = advised_decision(site)
    return f"/console/audit/households/{site.served.ids()[HOUSEHOLD]}?decision={UUID(decision)}&replay=now"


def _review(site: Site, more: str = "") -> str:
    return f"/console/audit/reviews/{review_of(site)}{more}"


def _start(site: Site) -> str:
    review_of(site)
    return "/console/audit"


PAGES = [
    Looked("audit: start", Role.AUDITOR, _start),
    Looked("audit: household", Role.AUDITOR, household),
    Looked("audit: draw", Role.AUDITOR, lambda _: "/console/audit/reviews/new"),
    Looked("audit: review", Role.AUDITOR, lambda it: _review(it, "?again=yes")),
    Looked("audit: decision", Role.AUDITOR, lambda it: _review(it, "/items/1")),
    Looked("audit: print", Role.AUDITOR, lambda it: _review(it, "/print")),
]
