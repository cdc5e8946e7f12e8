"""People: sign in, the session's cookie, and what ends it; whoever is not signed in learns nothing."""

from __future__ import annotations

import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from httpx2 import Response
from starlette.testclient import TestClient

from feature_store.adapters.tables import metadata
from scoring.errors import LushiError
from serving.access import waits
from serving.access.callers import NotSignedIn
from serving.access.passwords import AT_ONCE, WAITING, Passwords
from serving.access.roles import Role
from serving.access.sessions import COOKIE, IDLE, LIFETIME, NOTED_AFTER
from serving.access.waits import FIRST_SECONDS, FREE, MOST_SECONDS, MustWait
from serving.api.app import create_app
from serving.ledger.verify import verify
from serving.sign_in import sign_in
from serving.users import add_user, change_password, end_user
from tests.serving.county import NOW, PASSWORD, Served, ask, session_header, signed_in


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose people these tests make and end."""
    return make_county()


@pytest.fixture(autouse=True)
def _clock(own: Served) -> Iterator[None]:
    yield
    own.clock.moment = NOW


def _person(own: Served, role: Role = Role.ANALYST, **of: str) -> str:
    name = f"person-{uuid4().hex[:12]}"
    add_user(own.parts, name, role=role, password=PASSWORD, by="tests", **of)
    return name


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def _client(own: Served, base: str = "http://testserver", client: str = "testclient") -> TestClient:
    return TestClient(create_app(own.parts), base_url=base, client=(client, 1), raise_server_exceptions=False)


def _status(own: Served, header: dict[str, str], path: str = "/readyz") -> int:
    return _client(own).get(path, headers=header).status_code


# Signing in


def test_a_right_password_opens_a_session_that_calls_as_the_person(own: Served) -> None:
    name = _person(own, Role.CLERK, tenant="bank-a")
    client = _client(own, "https://testserver")
    answer = client.post("/v1/sessions", headers=_basic(name, PASSWORD))
    assert answer.status_code == 201
    said = answer.json()
    assert set(said) == {"csrf_token", "expires_at", "role"}
    assert (said["role"], datetime.fromisoformat(said["expires_at"])) == ("clerk", NOW + LIFETIME)
    assert (answer.headers["Cache-Control"], len(client.cookies[COOKIE])) == ("no-store", 43)
    decided = client.post("/v1/decisions", json=ask(own.ids()[0]), headers={"X-CSRF-Token": said["csrf_token"]})
    assert decided.status_code == 201
    assert decided.json()["client"] == {"client_id": name, "tenant": "bank-a"}


@pytest.mark.parametrize(
    ("base", "client", "headers", "secure"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", {}, False),
        ("http://localhost:8000", "127.0.0.1", {}, False),
        ("http://[::1]:8000", "::1", {}, False),
        ("https://127.0.0.1:8000", "127.0.0.1", {}, True),
        ("http://credit.example", "127.0.0.1", {}, True),
        ("http://127.0.0.1:8000", "192.0.2.7", {}, True),
        ("http://127.0.0.1:8000", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, True),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Host": "[oddly"}, True),
    ],
)
def test_the_cookie_is_kept_from_scripts_other_sites_and_the_open_network(
    own: Served, base: str, client: str, headers: dict[str, str], secure: bool
) -> None:
    calls = _client(own, base, client)
    answer = calls.post("/v1/sessions", headers=_basic(_person(own), PASSWORD) | headers)
    name, *flags = [it.strip() for it in answer.headers["Set-Cookie"].split(";")]
    assert name.startswith(f"{COOKIE}=")
    assert {it.lower() for it in flags} == {"httponly", "path=/", "samesite=strict", *(["secure"] if secure else [])}


def _without_id(answer: Response) -> dict[str, str]:
    """The headers but the one that is fresh for each call."""
    return {name: it for name, it in answer.headers.items() if name != "x-correlation-id"}


def test_whatever_is_wrong_the_answer_is_the_same_as_for_no_key_at_all(own: Served) -> None:
    name, ended = _person(own), _person(own)
    end_user(own.parts, ended, by="tests", why="left")
    client = _client(own)
    nothing = client.get("/readyz")
    right = _basic(name, PASSWORD)["Authorization"]
    wrong = [
        *({"Authorization": it} for it in ("", "Basic", "Basic ?", "Basic " + b64encode(b"\xff:x").decode(), "Basic " + b64encode(name.encode()).decode(), "Bearer " + right[6:], right + "=", right * 40)),
        _basic(name, PASSWORD + "x"),
        _basic(name, ""),
        _basic(name.upper(), PASSWORD),
        _basic("nobody-" + name, PASSWORD),
        _basic("no body\x00", PASSWORD),
        _basic("", ""),
        _basic(ended, PASSWORD),
        own.key(),
        {},
    ]  # fmt: skip
    for header in wrong:
        answer = client.post("/v1/sessions", headers=header)
        assert (answer.status_code, answer.content) == (401, nothing.content)
        assert _without_id(answer) == _without_id(nothing)
    assert client.post("/v1/sessions", headers=[("Authorization", right)] * 2).status_code == 401
    assert client.post("/v1/sessions", headers={"Authorization": right}).status_code == 201


class _Counting(PasswordHasher):
    """argon2 as cheap as may be, that counts what it checks and does something before."""

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checked, self._before = 0, before

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:
        whole = extract_parameters(str(hash))  # a hash that costs nothing is no check
        self.checked += (whole.time_cost, whole.memory_cost, whole.parallelism) == (1, 8, 1)
        self._before()
        return super().verify(hash, password)


def test_a_name_that_nobody_has_costs_the_check_of_one_password_too(own: Served) -> None:
    counting = _Counting()
    parts = replace(own.parts, passwords=Passwords(counting))
    parts.__dict__["store"] = own.parts.store
    ended = _person(own)
    end_user(own.parts, ended, by="tests", why="left")
    for number, name in enumerate((_person(own), ended, "nobody-at-all", "Not A Name"), start=1):
        with pytest.raises(NotSignedIn):
            sign_in(parts, name, "not the password")
        assert counting.checked == number


def test_production_keeps_passwords_with_the_librarys_own_parameters(own: Served) -> None:
    kept = Passwords().hash(PASSWORD)
    low = RFC_9106_LOW_MEMORY
    assert kept.startswith(f"$argon2id$v=19$m={low.memory_cost},t={low.time_cost},p={low.parallelism}$")
    with Passwords().turn() as matches:
        assert matches(kept, PASSWORD)
        assert not matches(kept, PASSWORD + "x")


def test_a_composed_character_is_the_same_however_it_was_typed(own: Served) -> None:
    name = f"person-{uuid4().hex[:12]}"
    add_user(own.parts, name, role=Role.ANALYST, password="caf\u00e9 caf\u00e9 caf\u00e9", by="tests")
    assert sign_in(own.parts, name, "cafe\u0301 caf\u00e9 cafe\u0301").role is Role.ANALYST


def test_a_body_is_refused_unread(own: Served) -> None:
    headers = _basic(_person(own), PASSWORD)
    client = _client(own)
    for body, more in ((b"{}", {"Content-Type": "application/json"}), (b"x", {}), (iter([b"x"]), {}), (None, {"Content-Type": "text/plain"})):  # fmt: skip
        answer = client.post("/v1/sessions", content=body, headers=headers | more)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:lushi:problem:unreadable")
    assert client.post("/v1/sessions", headers=headers | {"Content-Length": "0"}).status_code == 201


# What ends a session


def test_a_session_ends_when_it_is_idle_and_at_the_latest_after_a_working_day(own: Served) -> None:
    idle, used = (session_header(signed_in(own.parts, Role.ANALYST)) for _ in range(2))
    own.clock.moment = NOW + IDLE - timedelta(seconds=1)
    assert (_status(own, used), _status(own, idle)) == (200, 200)
    own.clock.moment += IDLE - NOTED_AFTER
    assert _status(own, used) == 200
    own.clock.moment += IDLE
    assert _status(own, idle) == 401
    used = session_header(signed_in(own.parts, Role.ANALYST))
    began = own.clock.moment
    while own.clock.moment < began + LIFETIME:
        assert _status(own, used) == 200
        own.clock.moment += IDLE / 2
    assert _status(own, used) == 401


def test_a_new_password_and_an_ended_account_end_every_session_at_once(own: Served) -> None:
    name, other = _person(own), session_header(signed_in(own.parts, Role.ANALYST))
    first, second = (session_header(sign_in(own.parts, name, PASSWORD)) for _ in range(2))
    assert (_status(own, first), _status(own, second)) == (200, 200)
    change_password(own.parts, name, password="another long word", by="tests")
    assert (_status(own, first), _status(own, second), _status(own, other)) == (401, 401, 200)
    with pytest.raises(NotSignedIn):
        sign_in(own.parts, name, PASSWORD)
    third = session_header(sign_in(own.parts, name, "another long word"))
    assert _status(own, third) == 200
    end_user(own.parts, name, by="tests", why="left the office")
    assert _status(own, third) == 401
    with pytest.raises(NotSignedIn):
        sign_in(own.parts, name, "another long word")


def test_a_password_that_changes_while_it_is_checked_opens_nothing(own: Served) -> None:
    name = _person(own)
    meanwhile = _Counting(lambda: change_password(own.parts, name, password="another long word", by="tests"))
    parts = replace(own.parts, passwords=Passwords(meanwhile))
    parts.__dict__["store"] = own.parts.store
    assert _status(own, session_header(sign_in(parts, name, PASSWORD))) == 401


def test_signing_out_ends_the_session_and_no_other(own: Served) -> None:
    name = _person(own)
    mine, other = (session_header(sign_in(own.parts, name, PASSWORD)) for _ in range(2))
    answer = _client(own).delete("/v1/sessions/current", headers=mine)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert (_status(own, mine), _status(own, other)) == (401, 200)
    answer = own.client.delete("/v1/sessions/current")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:lushi:problem:no-session")


def test_sessions_that_are_over_are_forgotten_with_the_next_one(own: Served) -> None:
    name = _person(own)
    for _ in range(3):
        sign_in(own.parts, name, PASSWORD)
        own.clock.moment += LIFETIME
    with own.parts.store.engine.connect() as connection:
        query = sa.text("SELECT count(*) FROM sessions WHERE person_id = :name")
        assert connection.execute(query, {"name": name}).scalar_one() == 1


# What a cookie alone may not do


def test_a_change_needs_the_sessions_own_token(own: Served) -> None:
    mine, other = (session_header(signed_in(own.parts, Role.CLERK, "bank-a")) for _ in range(2))
    client, body = _client(own), ask(own.ids()[0])
    cookie = {"Cookie": mine["Cookie"]}
    for token in (
        None,
        "",
        other["X-CSRF-Token"],
        mine["X-CSRF-Token"] + "x",
        mine["Cookie"].partition("=")[2],
        "é",
        "x" * 5000,
    ):
        headers = cookie if token is None else cookie | {"X-CSRF-Token": token.encode("latin-1")}
        for method, path in (("POST", "/v1/decisions"), ("DELETE", "/v1/sessions/current"), ("PATCH", "/none")):
            answer = client.request(method, path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:lushi:problem:csrf"), (token, method)
    twice = [*cookie.items(), *([("X-CSRF-Token", mine["X-CSRF-Token"])] * 2)]
    assert client.post("/v1/decisions", json=body, headers=twice).status_code == 403
    assert client.get("/readyz", headers=cookie).status_code == 200
    assert client.post("/v1/decisions", json=body, headers=mine).status_code == 201


def test_a_call_from_another_sites_pages_is_refused_with_the_right_cookie_and_token_too(own: Served) -> None:
    mine = session_header(signed_in(own.parts, Role.CLERK, "bank-a"))
    client, safe = _client(own), _client(own, "https://testserver")
    for origin in (
        "http://evil.example",
        "null",
        "",
        "http://testserver:81",
        "http://testserver.evil.example",
        "ftp://testserver",
        "http://[",
        "http://a@testserver",
    ):
        for method, path in (("GET", "/readyz"), ("POST", "/v1/decisions")):
            answer = client.request(method, path, json=ask(own.ids()[0]), headers=mine | {"Origin": origin})
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:lushi:problem:csrf"), origin
    for origin in ("http://testserver", "https://testserver", "HTTP://TestServer"):
        assert client.get("/readyz", headers=mine | {"Origin": origin}).status_code == 200
    assert safe.get("/readyz", headers=mine | {"Origin": "https://testserver"}).status_code == 200
    assert safe.get("/readyz", headers=mine | {"Origin": "http://testserver"}).status_code == 403
    right = _basic(_person(own), PASSWORD)
    assert client.post("/v1/sessions", headers=right | {"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/v1/sessions", headers=right | {"Origin": "http://testserver"}).status_code == 201


def test_a_key_and_a_session_never_count_together(own: Served) -> None:
    key, mine = own.key(), session_header(signed_in(own.parts, Role.CLERK, "bank-a"))
    assert (_status(own, key), _status(own, mine)) == (200, 200)
    assert _status(own, key | mine) == 401
    assert _status(own, {"Authorization": ""} | mine) == 401
    assert _status(own, key | {"Cookie": f"{COOKIE}=x"}) == 401
    assert _status(own, {"Cookie": f"{mine['Cookie']}; {mine['Cookie']}"}) == 401
    assert _status(own, key | {"Cookie": f"a=b; not_{COOKIE}=x"}) == 200
    assert _status(own, {"Cookie": f"a=b; {mine['Cookie']}; c"}) == 200


def test_a_hundred_cookies_made_up_open_nothing(own: Served) -> None:
    signed_in(own.parts, Role.ANALYST)
    client = _client(own)
    nothing = client.get("/readyz").content
    made_up = [secrets.token_urlsafe(32) for _ in range(90)]
    odd = ["", "x", "=" * 43, "é" * 43, '"' + "a" * 43 + '"', "a" * 9000, "' OR ''='", "%00", "a" * 42, "a" * 44]
    for cookie in made_up + odd:
        answer = client.get("/readyz", headers={"Cookie": f"{COOKIE}={cookie}".encode("latin-1")})
        assert (answer.status_code, answer.content) == (401, nothing)


# Wrong passwords in a row


def _back(own: Served, seconds: float) -> None:
    """Let the database believe that every wrong password was so much longer ago."""
    with own.parts.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE login_failures SET at = at - make_interval(secs => :s)"), {"s": seconds})


@pytest.mark.parametrize("exists", [True, False])
def test_wrong_passwords_make_the_next_try_wait_longer_and_longer(own: Served, exists: bool) -> None:
    name = _person(own) if exists else "nobody-" + uuid4().hex
    client = _client(own)

    def call(password: str) -> Any:
        return client.post("/v1/sessions", headers=_basic(name, password))

    assert [call("not the password").status_code for _ in range(FREE)] == [401] * FREE
    waited, expected = [], FIRST_SECONDS
    while len(waited) < 9:
        told = call(PASSWORD)
        assert (told.status_code, told.json()["type"]) == (429, "urn:lushi:problem:too-many-wrong-passwords")
        waited.append(int(told.headers["Retry-After"]))
        assert waited[-1] == min(expected, MOST_SECONDS)
        _back(own, waited[-1])
        expected *= 2
        if len(waited) < 9:
            assert call("not the password").status_code == 401
    assert waited[-2:] == [MOST_SECONDS] * 2
    assert call(PASSWORD).status_code == (201 if exists else 401)
    if exists:
        assert [call("not the password").status_code for _ in range(FREE)] == [401] * FREE, "the row began anew"
        change_password(own.parts, name, password="another long word", by="tests")
        assert call("another long word").status_code == 201


def test_a_name_that_waits_holds_up_no_other_and_begins_anew_after_an_hour(own: Served) -> None:
    name, other = _person(own), _person(own)
    for _ in range(FREE):
        with pytest.raises(NotSignedIn):
            sign_in(own.parts, name, "not the password")
    with pytest.raises(MustWait):
        sign_in(own.parts, name, PASSWORD)
    assert sign_in(own.parts, other, PASSWORD)
    _back(own, waits.FORGET_SECONDS + 1)
    assert sign_in(own.parts, other, PASSWORD), "sweeps what is forgotten"
    with own.parts.store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM login_failures")).scalar_one() == 0
    for _ in range(FREE):
        with pytest.raises(NotSignedIn):
            sign_in(own.parts, name, "not the password")


def test_many_tries_at_once_are_no_way_round_the_wait(own: Served) -> None:
    counting = _Counting()
    parts = replace(own.parts, passwords=Passwords(counting))
    parts.__dict__["store"] = own.parts.store
    name = _person(own)

    def call(number: int) -> str:
        try:
            sign_in(parts, name, f"not the password {number}")
        except LushiError as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(AT_ONCE + WAITING) as threads:
        found = list(threads.map(call, range(40)))
    assert found.count("NotSignedIn") == counting.checked == FREE
    assert found.count("MustWait") == 40 - FREE


def test_only_some_passwords_are_checked_at_once_and_only_some_wait(own: Served) -> None:
    go, at_work = threading.Event(), []
    most = 0

    def slow() -> None:
        nonlocal most
        at_work.append(1)
        most = max(most, len(at_work))
        go.wait(20)
        at_work.pop()

    parts = replace(own.parts, passwords=Passwords(_Counting(slow)))
    parts.__dict__["store"] = own.parts.store
    client = TestClient(create_app(parts), raise_server_exceptions=False)
    names = [_person(own) for _ in range(AT_ONCE + WAITING + 3)]

    def call(name: str) -> Any:
        return client.post("/v1/sessions", headers=_basic(name, PASSWORD))

    with ThreadPoolExecutor(len(names)) as threads:
        calls = [threads.submit(call, name) for name in names]
        refused = _first(calls, 3)
        _until(lambda: len(at_work) == AT_ONCE)
        go.set()
        answers = [it.result() for it in calls]
    assert most == AT_ONCE
    assert [it.status_code for it in refused] == [503] * 3
    assert {it.json()["type"] for it in refused} == {"urn:lushi:problem:busy"}
    assert sorted(it.status_code for it in answers) == [201] * (AT_ONCE + WAITING) + [503] * 3
    busy = next(name for name, answer in zip(names, answers, strict=True) if answer.status_code == 503)
    for _ in range(FREE - 1):
        assert call(busy + "x").status_code == 401
    assert call(busy).status_code == 201, "what was not checked was not counted"


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")


def _first(calls: list[Any], count: int) -> list[Any]:
    """The answers of the first calls that end."""
    ended = threading.Semaphore(0)
    done: list[Any] = []
    for it in calls:
        it.add_done_callback(lambda call: (done.append(call.result()), ended.release()))
    for _ in range(count):
        assert ended.acquire(timeout=20)
    return done[:count]


def test_a_person_who_calls_too_often_is_told_so_and_no_other_is(own: Served) -> None:
    slow = replace(own.parts, settings=replace(own.parts.settings, calls_per_second=1))
    slow.__dict__["store"] = own.parts.store
    client = TestClient(create_app(slow), raise_server_exceptions=False)
    one, other = (session_header(signed_in(own.parts, Role.ANALYST)) for _ in range(2))
    found = [client.get("/readyz", headers=one).status_code for _ in range(9)]
    assert (found[:5], set(found[5:]) & {429}) == ([200] * 5, {429})
    assert client.get("/readyz", headers=other).status_code == 200


# What is kept


def test_neither_password_nor_token_is_anywhere_and_the_hash_in_one_place(own: Served) -> None:
    name, typed = _person(own), "typed-into-the-name-by-mistake"
    opened = sign_in(own.parts, name, PASSWORD)
    with pytest.raises(NotSignedIn):
        sign_in(own.parts, typed, "x")
    assert PASSWORD not in repr(opened)
    assert opened.tokens.session not in repr(opened)
    secret = [PASSWORD, opened.tokens.session, opened.tokens.csrf, typed]
    with own.parts.store.engine.connect() as connection:
        for table in metadata.tables:
            rows = "\n".join(connection.execute(sa.text(f'SELECT t::text FROM "{table}" t')).scalars())
            for one in secret:
                assert one not in rows, table
                assert one.encode().hex() not in rows, table
            assert ("$argon2" in rows) == (table == "person_passwords"), table
            assert b"$argon2".hex() not in rows, table
        assert "argon2id" in connection.execute(sa.text("SELECT max(hash) FROM person_passwords")).scalar_one()


def test_each_change_is_an_entry_of_the_log_with_who_did_it(own: Served) -> None:
    name = _person(own, Role.CLERK, tenant="bank-a")
    change_password(own.parts, name, password="another long word", by="county office")
    end_user(own.parts, name, by="county office", why="left the bank")
    query = sa.text(
        "SELECT e.kind, convert_from(c.content, 'UTF8')::jsonb AS said FROM log_entries e JOIN log_contents c USING (index)"
        " WHERE convert_from(c.content, 'UTF8')::jsonb ->> 'person_id' = :name ORDER BY e.index"
    )
    with own.parts.store.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query, {"name": name})]
        assert verify(connection, own.parts.signer).faults == []
    who = {"person_id": name, "by": "county office"}
    assert rows == [
        ("user_added", who | {"by": "tests", "role": "clerk", "tenant": "bank-a", "area_code": ""}),
        ("user_password_changed", who),
        ("user_ended", who | {"why": "left the bank"}),
    ]
