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
from tests.serving.county import Served, ask, session_header, signed_in


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


def _things(own: Served) -> _Things:
    """One of each, for the walk to meet."""
    household = own.ids()[0]
    return _Things(household, own.client.post("/v1/decisions", json=ask(household)).json()["decision_id"])


_Call = tuple[str, str, object, Act, str]


def _calls(it: _Things) -> dict[str, _Call]:
    """Every route that needs a caller: method, path with real values, body, act, and who meets what is there.

    The last: 'all' who may call it; 'area': not the service network of another place; 'own': nor another bank;
    'session': people alone. A new route is one row here.
    """
    return {
        "/v1/decisions": ("POST", "/v1/decisions", ask(it.household), Act.DECIDE, "all"),
        "/v1/decisions:batch": ("POST", "/v1/decisions:batch", {"decisions": [ask(it.household)]}, Act.DECIDE, "all"),
        "/v1/decisions/{decision_id}": ("GET", f"/v1/decisions/{it.decision}", None, Act.READ_DECISION, "own"),
        "/v1/households/{household_id}": ("GET", f"/v1/households/{it.household}", None, Act.READ_HOUSEHOLD, "area"),
        "/v1/assessments": ("POST", "/v1/assessments", {"values": {}}, Act.ASSESS, "all"),
        "/v1/log/checkpoint": ("GET", "/v1/log/checkpoint", None, Act.READ_LOG, "all"),
        "/v1/log/inclusion": ("GET", "/v1/log/inclusion?index=0", None, Act.READ_LOG, "all"),
        "/v1/log/consistency": ("GET", "/v1/log/consistency?first=0&second=0", None, Act.READ_LOG, "all"),
        "/v1/log/key": ("GET", "/v1/log/key", None, Act.READ_LOG, "all"),
        "/v1/sessions/current": ("DELETE", "/v1/sessions/current", None, Act.SIGN_OUT, "session"),
        "/readyz": ("GET", "/readyz", None, Act.READ_SERVICE, "all"),
    }


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
        return elsewhere or (whose == "own" and self.tenant != "bank-a" and self.role not in EVERY_TENANT)


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
    named = {route.path: _acts(route) for route in _routes(served)}
    assert {path for path, acts in named.items() if len(acts) != 1} == {*OPEN, SIGN_IN[1]}
    assert {path: (call[3],) for path, call in _calls(_Things()).items()} == {
        path: tuple(acts) for path, acts in named.items() if path not in {*OPEN, SIGN_IN[1]}
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
    things, nothing = _things(own), _calls(_Things())
    everybody = _everybody(own, things.household)
    assert {(who.role, who.near) for who in everybody} >= {
        (role, near) for role in WITHIN_AREA for near in (True, False)
    }
    for who in everybody:
        header = who.header(own)
        for name, (method, path, body, act, whose) in _calls(things).items():
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
