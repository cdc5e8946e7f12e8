"""Values that exist in a served county, for requests that are to be answered and not only refused."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from serving.access.roles import MAY, Act, Role
from serving.accounts.sign_in import sign_in
from serving.accounts.users import add_user
from serving.api.access import act_of
from serving.consents.files import record_many
from serving.consents.record import Given
from serving.consents.uses import Use
from serving.wiring import Parts
from tests.serving.served import PASSWORD, Served, ask, consent_of, numbers_of, session_header

_FROM, _UNTIL = date(2017, 4, 1), date(2018, 4, 1)


@dataclass(frozen=True)
class Real:
    """What exists, by the name under which it is asked for; the same choice for the same request."""

    by_name: dict[str, list[Any]]

    @classmethod
    def of(cls, served: Served) -> Real:
        """What exists in a county once a few of everything were made; what belongs together stands at the same place."""
        ids = served.ids()
        decided = [_made(served, "/v1/decisions", ask(it)) for it in ids[:20]]
        offered = [it["decision_id"] for it in decided if it["binding"]["terms"]["offered"]]
        uses = [Given(f"monitoring-{it}", it, "bank-a", Use.LOAN_MONITORING, _FROM, _UNTIL) for it in ids]
        record_many(served.parts, uses, by="tests")
        filed = [_made(served, "/v1/objections", _objection(it)) for it in ids[:20]]
        clerk = served.key(Role.CLERK)
        proposed = [_made(served, f"/v1/decisions/{it}/overrides", _OVERRIDE, headers=clerk) for it in offered]
        return cls(
            {
                "household_id": ids,
                "decision_id": offered,
                "objection_id": [it["objection_id"] for it in filed],
                "override_id": [it["override_id"] for it in proposed],
                "reference": [it.reference for it in uses],
                "tenant": ["bank-a"],
                "granted_on": [_FROM.isoformat()],
                "until": [_UNTIL.isoformat()],
                "expires_on": ["2017-05-20"],
                "indicator": ["late_1_30", "borrower_age"],
                "id_number": [numbers_of(served)[it] for it in ids],
                "policy": ["2017-04-01", "2021-03-01"],
                "purpose": ["livestock", "planting", "wedding"],
                "consent_reference": [consent_of(it) for it in ids],
                "on": ["2017-04-20", "2021-03-01"],
                "values": [{}, {"late_1_30": 0}, {"late_1_30": 3, "query_consent": "yes", "borrower_age": 40}],
                "index": [0, 1],
                "first": [0, 1, 2],
                "second": [2, 3],
                "decisions": [[ask(ids[0])], [ask(ids[1]), {"no": "field"}]],
            }
        )

    def within(self, given: Any) -> Any:
        """The same data with real values in their places, at every depth; two times in three."""
        if isinstance(given, list):
            return [self.within(it) for it in given]
        if not isinstance(given, dict):
            return given
        chance = zlib.crc32(repr(sorted(given.items(), key=repr)).encode(errors="replace"))
        return {
            name: known[chance % len(known)]
            if (known := self.choices(name, given)) and (chance >> 8) % 3
            else self.within(it)
            for name, it in given.items()
        }

    def choices(self, name: str, beside: dict[str, Any]) -> list[Any]:
        """What exists by that name; beside: the fields that it stands with, since a consent's purpose is no loan's."""
        if name == "purpose" and "reference" in beside:
            return [Use.LOAN_MONITORING.value, Use.CREDIT_DECISION.value]
        return self.by_name.get(name, [])


_OVERRIDE = {"outcome": "decline", "why": "the barn burnt down", "expires_on": "2017-05-20"}


def _objection(household_id: str) -> dict[str, str]:
    return {"household_id": household_id, "about": "datum", "indicator": "late_1_30", "statement": "请核实"}


def _made(served: Served, path: str, body: dict[str, Any], **kinds: Any) -> Any:
    answer = served.client.post(path, json=body, **kinds)
    assert answer.status_code == 201, answer.text
    return answer.json()


SIGN_IN, SIGN_OUT = "POST /v1/sessions", "DELETE /v1/sessions/current"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in. basic: the headers for it."""

    name: str
    basic: dict[str, str]

    def session(self, parts: Parts) -> dict[str, str]:
        """The headers of a fresh session."""
        return session_header(sign_in(parts, self.name, PASSWORD))


def add_person(parts: Parts, name: str = "signs-in-and-out") -> Person:
    """A person who signs in and out without standing in the way of any other's session."""
    add_user(parts, name, role=Role.AUDITOR, tenant="", area_code="", password=PASSWORD, by="tests")
    written = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
    return Person(name, {"Authorization": f"Basic {written}"})


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of an application, those of its routers too."""
    found, left = [], list(app.routes)
    while left:
        route = left.pop()
        left += getattr(getattr(route, "original_router", None), "routes", [])
        if isinstance(route, APIRoute):
            found.append(route)
    return found


def roles_by_operation(app: FastAPI) -> dict[str, Role | None]:
    """Per operation ('GET /v1/…') a role that may call it, a bank's where that may; None where neither key nor session is needed."""
    found: dict[str, Role | None] = {}
    for route in routes_of(app):
        acts = [act for it in route.dependant.dependencies if it.call and (act := act_of(it.call))]
        for method in route.methods:
            found[f"{method} {route.path_format}"] = _role(acts[0]) if acts else None
    return found


def _role(act: Act) -> Role:
    return next(role for role in (Role.BANK, Role.COUNTY, *Role) if act in MAY[role])
