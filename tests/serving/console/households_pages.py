"""The households' pages that are looked at: a clerk's, and what a county officer answers."""

from __future__ import annotations

from uuid import UUID

from serving.access.callers import Caller
from serving.access.roles import Role
from serving.rights.objections import About, Raised, file_objection
from tests.serving.console.looks import Looked
from tests.serving.console.site import Site
from tests.serving.served import ask

HOUSEHOLD, OTHER = 0, 3
_MADE: dict[tuple[str, str], str] = {}


def decision_of(site: Site, place: int = HOUSEHOLD) -> str:
    """The id of a decision of bank-a on one of the county's households; the same one each time."""
    key = (site.url, f"decision {place}")
    if key not in _MADE:
        answer = site.served.client.post("/v1/decisions", json=ask(site.served.ids()[place]))
        assert answer.status_code == 201, answer.text
        _MADE[key] = answer.json()["decision_id"]
    return _MADE[key]


def objection_of(site: Site) -> str:
    """The id of an open objection; its statement tries to be more than text."""
    key = (site.url, "objection")
    if key not in _MADE:
        clerk = Caller("tests", "bank-a", Role.CLERK)
        decision = UUID(decision_of(site))
        said = Raised(
            site.served.ids()[HOUSEHOLD], About.DECISION, None, decision, "<script>alert(1)</script> 我不同意"
        )
        _MADE[key] = str(file_objection(said, site.served.parts, caller=clerk).objection_id)
    return _MADE[key]


def _household(site: Site) -> str:
    decision_of(site)
    return f"/console/households/{site.served.ids()[HOUSEHOLD]}"


def _consents(site: Site) -> str:
    return f"/console/consents?household={site.served.ids()[HOUSEHOLD]}"


def _village(site: Site) -> str:
    return f"/console/households?village={site.served.village(site.served.ids()[HOUSEHOLD])}"


PAGES = [
    Looked("households: search", Role.CLERK, _village),
    Looked("households: one", Role.CLERK, _household),
    Looked("households: decision", Role.CLERK, lambda it: f"/console/decisions/{decision_of(it)}"),
    Looked("households: proof", Role.CLERK, lambda it: f"/console/decisions/{decision_of(it)}/proof"),
    Looked("households: objection", Role.COUNTY, lambda it: f"/console/objections/{objection_of(it)}"),
    Looked("households: objects", Role.CLERK, lambda it: f"/console/households/{it.served.ids()[0]}/objection"),
    Looked("households: objections", Role.COUNTY, lambda _: "/console/objections"),
    Looked("households: consents", Role.COUNTY, _consents),
]
