"""Who may call: every route names its act, every role and tenant meets only what is theirs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from serving.access.keys import Key, new_key, read_key
from serving.access.roles import EVERY_TENANT, MAY, OF_A_BANK, WITHIN_AREA, Act, Role
from serving.api.access import BURST, OPEN, act_of
from serving.api.app import create_app
from serving.clients import ClientRefused, Issued, add_client, list_clients, revoke, rotate_key
from serving.ledger.verify import verify
from tests.serving.county import NOW, Served, ask


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
    return _Things(household, decided, consent, filed.json()["objection_id"], proposed.json()["override_id"])


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

    asked: the household that is decided on, where another than that of the things. The last: 'all' who may call it; 'area': not the service network of another place; 'own': nor another bank.
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
        "/v1/log/checkpoint": ("GET", "/v1/log/checkpoint", None, Act.READ_LOG, "all"),
        "/v1/log/inclusion": ("GET", "/v1/log/inclusion?index=0", None, Act.READ_LOG, "all"),
        "/v1/log/consistency": ("GET", "/v1/log/consistency?first=0&second=0", None, Act.READ_LOG, "all"),
        "/v1/log/key": ("GET", "/v1/log/key", None, Act.READ_LOG, "all"),
        "/readyz": ("GET", "/readyz", None, Act.READ_SERVICE, "all"),
    }  # fmt: skip


def _hidden(role: Role, tenant: str, whose: str) -> bool:
    """Whether bank-a's thing must look to this caller as if it were not there; a key has no area."""
    elsewhere = role in WITHIN_AREA and whose != "all"
    return elsewhere or (whose == "own" and role in OF_A_BANK and tenant != "bank-a")


def test_every_route_names_exactly_one_act_and_every_role_stands_in_the_table(served: Served) -> None:
    named = {(method, route.path): _acts(route) for route in _routes(served) for method in route.methods}
    assert {path for (_, path), acts in named.items() if len(acts) != 1} == set(OPEN)
    assert {(call[0], name.strip()): [call[3]] for name, call in _calls(_Things()).items()} == {
        (method, path): acts for (method, path), acts in named.items() if path not in OPEN
    }
    assert set(MAY) == set(Role)
    assert set(Role) >= EVERY_TENANT


def test_without_a_live_key_everything_but_liveness_answers_401(own: Served) -> None:
    bare = TestClient(create_app(own.parts), raise_server_exceptions=False)
    assert bare.get("/livez").status_code == 200
    right = own.key()["Authorization"]
    wrong = (None, "", "Bearer", "Bearer x", "Basic " + right[7:], right[:-1], right + "0", right.upper(), f"Bearer {new_key().written}", "Bearer " + "é" * 80, "Bearer " + "x" * 10_000)  # fmt: skip
    for method, path, body in [
        *(call[:3] for call in _calls(_Things()).values()),
        ("GET", "/openapi.json", None),
        ("GET", "/none", None),
    ]:
        for header in wrong:
            headers = {} if header is None else {"Authorization": header.encode("latin-1", "ignore")}
            answer = bare.request(method, path, json=body, headers=headers)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="lushi"')
            assert answer.json()["type"] == "urn:lushi:problem:key-needed"
    doubled = bare.get("/readyz", headers=[("Authorization", right), ("Authorization", right)])
    assert doubled.status_code == 401
    assert bare.get("/readyz", headers={"Authorization": right}).status_code == 200


def test_every_route_by_role_and_tenant(own: Served) -> None:
    things, nothing = _things(own), _Things()
    for role in Role:
        # Each bank decides on a household of its own: of one household only one application may be open.
        for tenant, asked in (("bank-a", things.household), ("bank-b", own.ids()[299])):
            header = own.key(role, tenant)
            missing = _calls(nothing, tenant)
            for name, (method, path, body, act, whose) in _calls(things, tenant, asked).items():
                answer = own.client.request(method, path, json=body, headers=header)
                case = (role, tenant, method, path, answer.text[:200])
                if act not in MAY[role]:
                    assert answer.status_code == 403, case
                    assert answer.json()["type"] == "urn:lushi:problem:not-allowed"
                elif _hidden(role, tenant, whose):
                    other = own.client.request(*missing[name][:2], json=missing[name][2], headers=header)
                    assert (answer.status_code, answer.json()) == (404, other.json()), case
                else:
                    assert answer.status_code in (200, 201, 422), case
                    assert answer.status_code != 422 or path == "/v1/assessments", case


def test_a_households_newest_decision_is_shown_to_its_own_bank_alone(own: Served) -> None:
    household = own.ids()[3]
    mine = own.client.post("/v1/decisions", json=ask(household), headers=own.key(tenant="bank-a")).json()

    def seen(header: dict[str, str]) -> object:
        return own.client.get(f"/v1/households/{household}", headers=header).json()["latest_decision"]

    assert seen(own.key(tenant="bank-b")) is None
    assert seen(own.key(tenant="bank-a")) == mine["decision_id"]
    assert seen(own.key(Role.AUDITOR, "county")) == mine["decision_id"]
    assert mine["client"]["tenant"] == "bank-a"


def _ready(own: Served, issued: Issued) -> int:
    header = {"Authorization": f"Bearer {issued.key.written}"}
    return own.client.get("/readyz", headers=header).status_code


def test_a_key_is_rotated_expires_and_is_revoked(own: Served) -> None:
    parts = own.parts
    first = add_client(parts, "rcb-core", tenant="rcb", role=Role.BANK, days=30, by="county office")
    second = rotate_key(parts, "rcb-core", days=365, grace_days=7, by="county office")
    assert (_ready(own, first), _ready(own, second)) == (200, 200)
    with pytest.raises(ClientRefused, match="2 live keys"):
        rotate_key(parts, "rcb-core", days=365, grace_days=7, by="county office")
    own.clock.moment = NOW + timedelta(days=8)
    try:
        assert (_ready(own, first), _ready(own, second)) == (401, 200)
        revoke(parts, "rcb-core", key_id=second.key.key_id, by="county office", why="lost")
        assert _ready(own, second) == 401
        third = rotate_key(parts, "rcb-core", days=1, grace_days=0, by="county office")
        assert _ready(own, third) == 200
        own.clock.moment = NOW + timedelta(days=9, seconds=1)
        assert _ready(own, third) == 401
        revoke(parts, "rcb-core", key_id=None, by="county office", why="contract ended")
        with pytest.raises(ClientRefused, match="was revoked"):
            rotate_key(parts, "rcb-core", days=1, grace_days=0, by="county office")
    finally:
        own.clock.moment = NOW
    with parts.store.looking(NOW + timedelta(days=10)) as moment:
        found = verify(moment.connection, parts.signer)
    assert found.faults == []
    assert found.kinds["client_revoked"] == 2
    assert found.kinds["client_key_rotated"] == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"client_id": "Bank A"}, "lower-case"),
        ({"tenant": ""}, "lower-case"),
        ({"by": " "}, "who does it"),
        ({"days": 0}, "1 to 3650 days"),
        ({"client_id": "twice"}, "already"),
    ],
)
def test_what_is_not_right_is_refused_and_nothing_is_kept(own: Served, changes: dict[str, object], says: str) -> None:
    if not any(row.client_id == "twice" for row in list_clients(own.parts)):
        add_client(own.parts, "twice", tenant="t", role=Role.BANK, days=1, by="x")
    before = list_clients(own.parts)
    good: dict[str, object] = {"client_id": "fresh", "tenant": "t", "role": Role.BANK, "days": 1, "by": "x"}
    with pytest.raises(ClientRefused, match=says):
        add_client(own.parts, **good | changes)  # type: ignore[arg-type]
    assert list_clients(own.parts) == before


def test_the_database_holds_no_key(own: Served) -> None:
    issued = add_client(own.parts, "secretive", tenant="t", role=Role.BANK, days=1, by="x")
    with own.parts.store.engine.connect() as connection:
        for table in ("clients", "client_keys", "log_contents", "log_entries"):
            rows = connection.execute(sa.text(f"SELECT t::text FROM {table} t")).scalars()
            assert not any(issued.key.secret in row or issued.key.secret.encode().hex() in row for row in rows)
    assert issued.key.secret not in repr(issued)


@given(st.integers(0, 57), st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_a_mistyped_key_is_known_before_the_database_is_asked(place: int, other: str) -> None:
    key = Key("0123456789", "abcdefghjkmnpqrstvwxyz0123456789")
    written = key.written
    assert read_key(written) == key
    changed = written[:place] + other + written[place + 1 :]
    assert changed == written or read_key(changed) is None


def test_a_client_that_calls_too_often_is_told_so_and_no_other_is(own: Served) -> None:
    slow = replace(own.parts, settings=replace(own.parts.settings, calls_per_second=1))
    slow.__dict__["store"] = own.parts.store
    client = TestClient(create_app(slow), raise_server_exceptions=False)
    one, other = own.key(), own.key()
    found = [client.get("/readyz", headers=one) for _ in range(9)]
    statuses = [it.status_code for it in found]
    assert statuses[:BURST] == [200] * BURST
    assert 429 in statuses
    told = next(it for it in found if it.status_code == 429)
    assert (told.headers["Retry-After"], told.json()["type"]) == ("1", "urn:lushi:problem:too-many-calls")
    assert client.get("/readyz", headers=other).status_code == 200
    time.sleep(1.1)
    assert client.get("/readyz", headers=one).status_code == 200
