"""The way in: nobody comes in without a session, nobody is led elsewhere, and no form is taken that a page did not hold."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.routing import APIRoute

from serving.access.roles import Role
from serving.access.sessions import COOKIE
from serving.accounts.users import add_user
from serving.api.access import act_of
from serving.console import tokens
from serving.console.app import create_console
from serving.console.signed import OPEN
from serving.county.area_states import AreaStates
from serving.wiring import Parts
from tests.serving.console.pages import person, send, token_of
from tests.serving.console.site import Site
from tests.serving.served import PASSWORD

PAGE = "text/html; charset=utf-8"


def console_routes(parts: Parts) -> list[APIRoute]:
    """Every route of the console, as the application has it."""
    found, left = [], list(create_console(parts, AreaStates()).routes)
    while left:
        route = left.pop()
        left += getattr(getattr(route, "original_router", None), "routes", [])
        if isinstance(route, APIRoute):
            found.append(route)
    return found


def test_every_page_names_its_act(site: Site) -> None:
    routes = console_routes(site.served.parts)
    assert len(routes) >= 6
    for route in routes:
        if not route.path.startswith(OPEN):
            acts = [act_of(it.call) for it in route.dependant.dependencies if it.call is not None]
            assert any(acts), f"{route.path} names no act"


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/households", "/console/nowhere?a=1"])
def test_nobody_is_led_to_the_sign_in_page_and_back(path: str, site: Site) -> None:
    with person(site, None) as nobody:
        answer = nobody.get(path)
        assert answer.status_code == 303
        found = urlsplit(answer.headers["location"])
        assert found.path == "/console/sign-in"
        if path != "/console":
            assert parse_qs(found.query)["next"] == [path]
        nobody.headers["Authorization"] = site.served.client.headers["Authorization"]
        assert nobody.get(path).status_code == 303, "a program's key opens no page"


def _name(site: Site, name: str) -> str:
    add_user(site.served.parts, name, role=Role.AUDITOR, tenant="", area_code="", password=PASSWORD, by="tests")
    return name


def test_sign_in_and_out(site: Site) -> None:
    name = _name(site, "signs-in")
    with person(site, None) as client:
        form = {"name": name, "password": PASSWORD, "next": "/console/language/zh"}
        answer = client.post("/console/sign-in", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/language/zh")
        for said in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in said
            assert "SameSite=strict" in said
        page = client.get("/console/")
        assert page.status_code == 200
        assert name in page.text
        assert token_of(page) != token_of(client.get("/console/")), "the token is masked anew"
        held = dict(client.cookies)
        assert send(client, "/console/sign-out").headers["location"] == "/console/sign-in"
        client.cookies.update(held)
        assert client.get("/console/").status_code == 303, "the session is over, whoever kept its cookie"


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/console/", "/\\evil", "/console/\r\nX: 1", "", "/v1/log/key"]
)
def test_nobody_is_led_elsewhere(back: str, site: Site) -> None:
    with person(site, None) as client:
        answer = client.get("/console/language/en", params={"back": back})
        assert answer.status_code == 400 or answer.headers["location"] == "/console/"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "账号或密码不正确"), ("en", "The name or the password is not right")]
)
def test_a_wrong_password_is_told_in_the_readers_language(language: str, words: str, site: Site) -> None:
    with person(site, None, language=language) as client:
        answer = client.post("/console/sign-in", data={"name": "<b>nobody", "password": "hunter2-secret"})
        assert answer.status_code == 401
        assert words in answer.text
        assert "hunter2-secret" not in answer.text
        assert "<b>nobody" not in answer.text


def test_too_many_wrong_passwords(site: Site) -> None:
    name = _name(site, "forgets")
    with person(site, None) as client:
        statuses = [
            client.post("/console/sign-in", data={"name": name, "password": f"no{it}"}).status_code for it in range(8)
        ]
    assert statuses[:5] == [401] * 5
    assert 429 in statuses


def test_a_form_needs_its_sessions_token(site: Site) -> None:
    with person(site, Role.AUDITOR) as client, person(site, Role.ANALYST) as other:
        for token in ("", "x", "!" * 88, site.session(Role.AUDITOR).tokens.csrf, token_of(other.get("/console/"))):
            answer = client.post("/console/sign-out", data={"csrf_token": token})
            assert answer.status_code == 403
            assert answer.headers["content-type"] == PAGE
        assert client.get("/console/").status_code == 200, "the session is still open"
        right = {"csrf_token": token_of(client.get("/console/"))}
        elsewhere = client.post("/console/sign-out", data=right, headers={"Origin": "https://evil.example"})
        assert elsewhere.status_code == 403


def test_a_session_alone_of_another_persons_token_cookie(site: Site) -> None:
    """Whoever can plant the second cookie still needs the session's own token."""
    with person(site, Role.AUDITOR) as client:
        client.cookies.set(tokens.COOKIE, site.session(Role.ANALYST).tokens.csrf)
        assert client.cookies.get(COOKIE) == site.session(Role.AUDITOR).tokens.session
        token = tokens.masked(site.session(Role.ANALYST).tokens.csrf)
        assert client.post("/console/sign-out", data={"csrf_token": token}).status_code == 403
