"""Who may call: every route names its act, every role and tenant meets only what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from feature_store.areas import DIGITS
from serving.access.keys import new_key
from serving.access.roles import (
    COUNTY_TENANT,
    EVERY_TENANT,
    MAY,
    OF_A_BANK,
    OF_PEOPLE,
    OF_PROGRAMS,
    WITHIN_AREA,
    Act,
    Role,
)
from serving.api.access import OPEN, SIGN_IN, act_of
from serving.api.app import create_app
from tests.serving.served import UNUSED, Served, ask, numbers_of, session_header, signed_in


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose clients these tests make and revoke."""
    return make_county()


def _routes(served: Served) -> list[APIRoute]:
    found, left = [], list(create_app(served.parts).routes)
    while left:
        route = left.pop()
        left += getattr(getattr(route, "original_router", None), "routes", [])
        if isinstance(route, APIRoute):
            found.append(route)
    return found


def _acts(route: APIRoute) -> list[Act]:
    acts = [act_of(it.call) for it in route.dependant.dependencies if it.call is not None]
    return [it for it in acts if it is not None]


@dataclass(frozen=True)
class _Things:
    """What there is, all of bank-a's: or, made without arguments, what there is not."""

    household: str = "411299999999-0001"
    decision: str = field(default_factory=lambda: str(uuid4()))
    consent: str = "no-such-consent"
    objection: str = field(default_factory=lambda: str(uuid4()))
    override: str = field(default_factory=lambda: str(uuid4()))
    number: str = UNUSED


def _things(own: Served) -> _Things:
    """One of each, for the walk to meet."""
    consent = f"walk-{uuid4()}"
    answers = (own.client.post("/v1/decisions", json=ask(it)).json() for it in own.ids())
    found = next(it for it in answers if it["binding"]["terms"]["offered"])
    household, decided = found["household_id"], found["decision_id"]
    assert own.client.post("/v1/consents", json=_consent(household, consent, "bank-a")).status_code == 201
    filed = own.client.post("/v1/objections", json=_objection(household))
    clerk = own.key(Role.CLERK, "bank-a")
    proposed = own.client.post(f"/v1/decisions/{decided}/overrides", json=_override(), headers=clerk)
    return _Things(
        household,
        decided,
        consent,
        filed.json()["objection_id"],
        proposed.json()["override_id"],
        numbers_of(own)[household],
    )


def _override() -> dict[str, str]:
    return {"outcome": "decline", "why": "the barn burnt down", "expires_on": "2017-05-20"}


def _objection(household: str) -> dict[str, str]:
    return {"household_id": household, "about": "human_review", "statement": "请人工复核"}


def _consent(household: str, reference: str, tenant: str) -> dict[str, str]:
    days = {"granted_on": "2017-04-01", "until": "2018-04-01"}
    return {"reference": reference, "household_id": household, "tenant": tenant, "purpose": "loan_monitoring", **days}


_Call = tuple[str, str, object, Act, str]


def _calls(it: _Things, tenant: str = "bank-a", asked: str | None = None) -> dict[str, _Call]:
    """Every route that needs a key: method, path with real values, body, act, and who meets what is there.

    asked: the household that is decided on, where another than that of the things. The last: 'all' who may call it; 'area': not the service network of another place; 'own': nor another bank; 'session': people alone. A new route is one row here.
    """
    decided = ask(asked or it.household, tenant=tenant)
    many = {"decisions": [decided]}
    given = _consent(it.household, f"walk-{uuid4()}", tenant)
    return {
        "/v1/decisions": ("POST", "/v1/decisions", decided, Act.DECIDE, "all"),
        "/v1/decisions:batch": ("POST", "/v1/decisions:batch", many, Act.DECIDE, "all"),
        "/v1/decisions/{decision_id}": ("GET", f"/v1/decisions/{it.decision}", None, Act.READ_DECISION, "own"),
        "/v1/decisions/{decision_id}/closing": (
            "POST", f"/v1/decisions/{it.decision}/closing", {"cause": "disbursed"}, Act.CLOSE_DECISION, "own",
        ),
        "/v1/decisions/{decision_id}/replay": (
            "POST", f"/v1/decisions/{it.decision}/replay", {}, Act.REPLAY, "own",
        ),
        "/v1/households/{household_id}": ("GET", f"/v1/households/{it.household}", None, Act.READ_HOUSEHOLD, "area"),
        "/v1/households:search": (
            "POST", "/v1/households:search", {"id_number": it.number}, Act.SEARCH_HOUSEHOLD, "area",
        ),
        "/v1/households/{household_id}/unmasking": (
            "POST", f"/v1/households/{it.household}/unmasking", {"reason": "tests"}, Act.UNMASK, "area",
        ),
        "/v1/consents": ("POST", "/v1/consents", given, Act.RECORD_CONSENT, "area"),
        "/v1/consents/{reference:path}": ("GET", f"/v1/consents/{it.consent}", None, Act.READ_HOUSEHOLD, "own"),
        "/v1/consents/{reference:path}/withdrawal": (
            "POST", f"/v1/consents/{it.consent}/withdrawal", {}, Act.RECORD_CONSENT, "own",
        ),
        "/v1/objections": ("POST", "/v1/objections", _objection(it.household), Act.OBJECT, "area"),
        "/v1/objections ": ("GET", "/v1/objections?state=all", None, Act.READ_HOUSEHOLD, "all"),
        "/v1/objections/{objection_id}": ("GET", f"/v1/objections/{it.objection}", None, Act.READ_HOUSEHOLD, "own"),
        "/v1/objections/{objection_id}/outcome": (
            "POST", f"/v1/objections/{it.objection}/outcome", {"outcome": "corrected", "answer": "已更正"},
            Act.RESOLVE_OBJECTION, "own",
        ),
        "/v1/households/{household_id}/reports": (
            "POST", f"/v1/households/{it.household}/reports", {}, Act.READ_REPORT, "area",
        ),
        "/v1/decisions/{decision_id}/overrides": (
            "POST", f"/v1/decisions/{it.decision}/overrides", _override(), Act.OVERRIDE, "own",
        ),
        "/v1/overrides/{override_id}/confirmation": (
            "POST", f"/v1/overrides/{it.override}/confirmation", {}, Act.OVERRIDE, "own",
        ),
        "/v1/assessments": ("POST", "/v1/assessments", {"values": {}}, Act.ASSESS, "all"),
        "/v1/alarms": ("GET", "/v1/alarms", None, Act.READ_ALARMS, "all"),
        "/v1/log/checkpoint": ("GET", "/v1/log/checkpoint", None, Act.READ_LOG, "all"),
        "/v1/log/inclusion": ("GET", "/v1/log/inclusion?index=0", None, Act.READ_LOG, "all"),
        "/v1/log/consistency": ("GET", "/v1/log/consistency?first=0&second=0", None, Act.READ_LOG, "all"),
        "/v1/log/key": ("GET", "/v1/log/key", None, Act.READ_LOG, "all"),
        "/v1/sessions/current": ("DELETE", "/v1/sessions/current", None, Act.SIGN_OUT, "session"),
        "/readyz": ("GET", "/readyz", None, Act.READ_SERVICE, "all"),
    }  # fmt: skip


@dataclass(frozen=True)
class _Who:
    """A caller of the walk. near: bank-a's household lies in its area."""

    role: Role
    tenant: str
    session: bool
    area: str = ""
    near: bool = True

    def header(self, own: Served) -> dict[str, str]:
        """Fresh headers of such a caller."""
        if self.session:
            return session_header(signed_in(own.parts, self.role, self.tenant, self.area))
        return own.key(self.role, self.tenant)

    def misses(self, whose: str) -> bool:
        """Whether bank-a's thing must look to this caller as if it were not there."""
        if whose == "session":
            return not self.session
        elsewhere = self.role in WITHIN_AREA and not self.near and whose != "all"
        return elsewhere or (whose == "own" and self.role in OF_A_BANK and self.tenant != "bank-a")


def _everybody(own: Served, household: str) -> list[_Who]:
    """Every role with a key and with a session, where it may have one, of either bank, of its own and another area."""
    found = [_Who(role, bank, session=False) for role in set(Role) - OF_PEOPLE for bank in ("bank-a", "bank-b")]
    for role in sorted(set(Role) - OF_PROGRAMS):
        if role in WITHIN_AREA:
            here = own.village(household)[: DIGITS[role.value]]
            found += [_Who(role, COUNTY_TENANT, True, area, area == here) for area in (here, _elsewhere(own, here))]
        elif role in OF_A_BANK:
            found += [_Who(role, bank, True) for bank in ("bank-a", "bank-b")]
        else:
            found.append(_Who(role, COUNTY_TENANT, True))
    return found


def _elsewhere(own: Served, here: str) -> str:
    """The code of another area of the same kind, as near as there is; another county is made for it."""
    with own.parts.store.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO areas SELECT '419999', 'county', NULL, '另一县(虚构)', 'Another county (synthetic)', min(batch_no)"
                " FROM batches ON CONFLICT DO NOTHING"
            )
        )
        query = "SELECT code FROM areas WHERE length(code) = :digits AND code <> :here ORDER BY left(code, -3) <> left(:here, -3), code LIMIT 1"
        return str(connection.execute(sa.text(query), {"digits": len(here), "here": here}).scalar_one())


def test_every_route_names_exactly_one_act_and_every_role_stands_in_the_table(served: Served) -> None:
    named = {(method, route.path): _acts(route) for route in _routes(served) for method in route.methods}
    assert {(method, path) for (method, path), acts in named.items() if len(acts) != 1} == {("GET", "/livez"), SIGN_IN}
    assert {(call[0], name.strip()): [call[3]] for name, call in _calls(_Things()).items()} == {
        (method, path): acts for (method, path), acts in named.items() if path not in OPEN and (method, path) != SIGN_IN
    }
    assert set(MAY) == set(Role)
    assert set(Role) >= EVERY_TENANT
    assert not OF_PEOPLE & OF_PROGRAMS


def test_without_a_live_key_everything_but_liveness_answers_401(own: Served) -> None:
    bare = TestClient(create_app(own.parts), raise_server_exceptions=False)
    assert bare.get("/livez").status_code == 200
    right = own.key()["Authorization"]
    wrong = (None, "", "Bearer", "Bearer x", "Basic " + right[7:], right[:-1], right + "0", right.upper(), f"Bearer {new_key().written}", "Bearer " + "é" * 80, "Bearer " + "x" * 10_000)  # fmt: skip
    for method, path, body in [
        *(call[:3] for call in _calls(_Things()).values()),
        ("GET", "/openapi.json", None),
        ("GET", "/none", None),
        ("GET", "/v1/sessions", None),
        ("POST", "/v1/sessions/", None),
    ]:
        for header in wrong:
            headers = {} if header is None else {"Authorization": header.encode("latin-1", "ignore")}
            answer = bare.request(method, path, json=body, headers=headers)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="lushi"')
            assert answer.json()["type"] == "urn:lushi:problem:key-needed"
    doubled = bare.get("/readyz", headers=[("Authorization", right), ("Authorization", right)])
    assert doubled.status_code == 401
    assert bare.get("/readyz", headers={"Authorization": right}).status_code == 200


def test_every_route_by_role_way_tenant_and_area(own: Served) -> None:
    things, nobody = _things(own), _Things()
    of_bank_b = own.ids()[299]  # of one household only one application may be open
    everybody = _everybody(own, things.household)
    assert {(who.role, who.near) for who in everybody} >= {
        (role, near) for role in WITHIN_AREA for near in (True, False)
    }
    for who in everybody:
        header = who.header(own)
        nothing, asked = _calls(nobody, who.tenant), of_bank_b if who.tenant == "bank-b" else None
        for name, (method, path, body, act, whose) in _calls(things, who.tenant, asked).items():
            if act is Act.SIGN_OUT:
                header = who.header(own)
            answer = own.client.request(method, path, json=body, headers=header)
            case = (who, method, path, answer.text[:200])
            if act not in MAY[who.role]:
                assert answer.status_code == 403, case
                assert answer.json()["type"] == "urn:lushi:problem:not-allowed"
            elif who.misses(whose):
                other = own.client.request(*nothing[name][:2], json=nothing[name][2], headers=header)
                assert (answer.status_code, answer.json()) == (404, other.json()), case
            else:
                assert answer.status_code in (200, 201, 204, 422), case
                assert answer.status_code != 422 or path == "/v1/assessments", case
            if act is Act.SIGN_OUT:
                header = who.header(own)


def test_a_households_newest_decision_is_shown_to_its_own_bank_alone(own: Served) -> None:
    household = own.ids()[3]
    mine = own.client.post("/v1/decisions", json=ask(household), headers=own.key(tenant="bank-a")).json()

    def seen(header: dict[str, str]) -> object:
        return own.client.get(f"/v1/households/{household}", headers=header).json()["latest_decision"]

    assert seen(own.key(tenant="bank-b")) is None
    assert seen(own.key(tenant="bank-a")) == mine["decision_id"]
    assert seen(own.key(Role.AUDITOR, "county")) == mine["decision_id"]
    assert mine["client"]["tenant"] == "bank-a"
