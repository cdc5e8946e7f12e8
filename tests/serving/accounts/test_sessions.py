"""A person's session: what ends it, and what its cookie alone may not do."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from serving.access.callers import NotSignedIn
from serving.access.roles import Role
from serving.access.sessions import COOKIE, IDLE, LIFETIME, NOTED_AFTER
from serving.accounts.sign_in import sign_in
from serving.accounts.users import change_password, end_user
from serving.api.app import create_app
from tests.serving.people import Counting, basic, client_of, person, status, with_hasher
from tests.serving.served import PASSWORD, Served, ask, session_header, signed_in

# What ends a session


def test_a_session_ends_when_it_is_idle_and_at_the_latest_after_a_working_day(peopled: Served) -> None:
    idle, used = (session_header(signed_in(peopled.parts, Role.ANALYST)) for _ in range(2))
    peopled.clock.moment += IDLE - timedelta(seconds=1)
    assert (status(peopled, used), status(peopled, idle)) == (200, 200)
    peopled.clock.moment += IDLE - NOTED_AFTER
    assert status(peopled, used) == 200
    peopled.clock.moment += IDLE
    assert status(peopled, idle) == 401
    used = session_header(signed_in(peopled.parts, Role.ANALYST))
    began = peopled.clock.moment
    while peopled.clock.moment < began + LIFETIME:
        assert status(peopled, used) == 200
        peopled.clock.moment += IDLE / 2
    assert status(peopled, used) == 401


def test_a_new_password_and_an_ended_account_end_every_session_at_once(peopled: Served) -> None:
    name, other = person(peopled), session_header(signed_in(peopled.parts, Role.ANALYST))
    first, second = (session_header(sign_in(peopled.parts, name, PASSWORD)) for _ in range(2))
    assert (status(peopled, first), status(peopled, second)) == (200, 200)
    change_password(peopled.parts, name, password="another long word", by="tests")
    assert (status(peopled, first), status(peopled, second), status(peopled, other)) == (401, 401, 200)
    with pytest.raises(NotSignedIn):
        sign_in(peopled.parts, name, PASSWORD)
    third = session_header(sign_in(peopled.parts, name, "another long word"))
    assert status(peopled, third) == 200
    end_user(peopled.parts, name, by="tests", why="left the office")
    assert status(peopled, third) == 401
    with pytest.raises(NotSignedIn):
        sign_in(peopled.parts, name, "another long word")


def test_a_password_that_changes_while_it_is_checked_opens_nothing(peopled: Served) -> None:
    name = person(peopled)
    meanwhile = Counting(lambda: change_password(peopled.parts, name, password="another long word", by="tests"))
    parts = with_hasher(peopled, meanwhile)
    assert status(peopled, session_header(sign_in(parts, name, PASSWORD))) == 401


def test_signing_out_ends_the_session_and_no_other(peopled: Served) -> None:
    name = person(peopled)
    mine, other = (session_header(sign_in(peopled.parts, name, PASSWORD)) for _ in range(2))
    answer = client_of(peopled).delete("/v1/sessions/current", headers=mine)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert (status(peopled, mine), status(peopled, other)) == (401, 200)
    answer = peopled.client.delete("/v1/sessions/current")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:lushi:problem:no-session")


def test_sessions_that_are_over_are_forgotten_with_the_next_one(peopled: Served) -> None:
    name = person(peopled)
    for _ in range(3):
        sign_in(peopled.parts, name, PASSWORD)
        peopled.clock.moment += LIFETIME
    with peopled.parts.store.engine.connect() as connection:
        query = sa.text("SELECT count(*) FROM sessions WHERE person_id = :name")
        assert connection.execute(query, {"name": name}).scalar_one() == 1


# What a cookie alone may not do


def test_a_change_needs_the_sessions_own_token(peopled: Served) -> None:
    mine, other = (session_header(signed_in(peopled.parts, Role.CLERK, "bank-a")) for _ in range(2))
    client, body = client_of(peopled), ask(peopled.ids()[0])
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


def test_a_call_from_another_sites_pages_is_refused_with_the_right_cookie_and_token_too(peopled: Served) -> None:
    mine = session_header(signed_in(peopled.parts, Role.CLERK, "bank-a"))
    client, safe = client_of(peopled), client_of(peopled, "https://testserver")
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
            answer = client.request(method, path, json=ask(peopled.ids()[0]), headers=mine | {"Origin": origin})
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:lushi:problem:csrf"), origin
    for origin in ("http://testserver", "https://testserver", "HTTP://TestServer"):
        assert client.get("/readyz", headers=mine | {"Origin": origin}).status_code == 200
    assert safe.get("/readyz", headers=mine | {"Origin": "https://testserver"}).status_code == 200
    assert safe.get("/readyz", headers=mine | {"Origin": "http://testserver"}).status_code == 403
    right = basic(person(peopled), PASSWORD)
    assert client.post("/v1/sessions", headers=right | {"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/v1/sessions", headers=right | {"Origin": "http://testserver"}).status_code == 201


def test_a_key_and_a_session_never_count_together(peopled: Served) -> None:
    key, mine = peopled.key(), session_header(signed_in(peopled.parts, Role.CLERK, "bank-a"))
    assert (status(peopled, key), status(peopled, mine)) == (200, 200)
    assert status(peopled, key | mine) == 401
    assert status(peopled, {"Authorization": ""} | mine) == 401
    assert status(peopled, key | {"Cookie": f"{COOKIE}=x"}) == 401
    assert status(peopled, {"Cookie": f"{mine['Cookie']}; {mine['Cookie']}"}) == 401
    assert status(peopled, key | {"Cookie": f"a=b; not_{COOKIE}=x"}) == 200
    assert status(peopled, {"Cookie": f"a=b; {mine['Cookie']}; c"}) == 200


def test_a_hundred_cookies_made_up_open_nothing(peopled: Served) -> None:
    signed_in(peopled.parts, Role.ANALYST)
    client = client_of(peopled)
    nothing = client.get("/readyz").content
    made_up = [secrets.token_urlsafe(32) for _ in range(90)]
    odd = ["", "x", "=" * 43, "é" * 43, '"' + "a" * 43 + '"', "a" * 9000, "' OR ''='", "%00", "a" * 42, "a" * 44]
    for cookie in made_up + odd:
        answer = client.get("/readyz", headers={"Cookie": f"{COOKIE}={cookie}".encode("latin-1")})
        assert (answer.status_code, answer.content) == (401, nothing)


def test_a_person_who_calls_too_often_is_told_so_and_no_other_is(peopled: Served) -> None:
    slow = replace(peopled.parts, settings=replace(peopled.parts.settings, calls_per_second=1))
    slow.__dict__["store"] = peopled.parts.store
    client = TestClient(create_app(slow), raise_server_exceptions=False)
    one, other = (session_header(signed_in(peopled.parts, Role.ANALYST)) for _ in range(2))
    found = [client.get("/readyz", headers=one).status_code for _ in range(9)]
    assert (found[:5], set(found[5:]) & {429}) == ([200] * 5, {429})
    assert client.get("/readyz", headers=other).status_code == 200
