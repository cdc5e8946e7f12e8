"""Every route of the console, walked by every role, of one bank and another, here and elsewhere: nobody sees or does what is not theirs."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from html import unescape
from typing import Any

import pytest

from serving.access.roles import WITHIN_AREA, Act
from serving.api.access import act_of
from serving.console.signed import SIGN_IN
from tests.serving.console.test_entrance import console_routes
from tests.serving.console.walk import County
from tests.serving.console.walk_table import ROWS, STATUS, WALKERS, Row, row_of
from tests.serving.console.walked import ATTEMPTS, Things, nothing, of_the_other
from tests.serving.served import Served, numbers_of

FORMS = [it for it in ROWS if it.method == "POST"]
SIGNED_IN = [it for it in WALKERS if it != "nobody"]
_OWN = re.compile(r'name="csrf_token" value="[^"]*"|href="/console/language/[^"]*"')
"""What two pages of the same words may differ in: the form's token, and the way back to the address in another language."""
_LONG_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_HOUSEHOLD = re.compile(r"\b[0-9]{12}-[0-9]{4}\b")
_EXAMPLE = "411299101203-0042"
"""Stands in words that explain how a household's number is written."""
_FORM = re.compile(r'<form method="post".*?</form>', re.DOTALL)
_LINK = re.compile(r'href="(/[^"#]*)')
_ACTION = re.compile(r'<form method="post" action="([^"#]*)')
A_FEW = 4
"""Links of one kind that a walker follows."""
WITH_MARKS = (
    "/console/audit/reviews/{review_id}",
    "/console/audit/reviews/{review_id}/items/{position}",
    "/console/county/import/{upload_id}",
    "/console/models",
    "/console/policies",
    "/console/admin/users",
)
"""Pages that hold what is somebody's."""
WITH_THEIRS = (
    "/console/households/{household_id}",
    "/console/decisions/{decision_id}",
    "/console/consents/withdrawal",
    "/console/objections/{objection_id}",
)
"""Pages of what either bank has of its own."""
NO_HOUSEHOLDS = ("untrusted", "analyst", "administrator")


def test_every_route_has_a_row(walked: County) -> None:
    routes = {(method, it.path) for it in console_routes(walked.served.parts) for method in it.methods}
    assert routes == {(it.method, it.pattern) for it in ROWS}
    assert len(ROWS) == len(routes)


def test_whoever_may_has_a_role_that_may(walked: County) -> None:
    acts = {
        (method, route.path): [act for it in route.dependant.dependencies if it.call and (act := act_of(it.call))]
        for route in console_routes(walked.served.parts)
        for method in route.methods
    }
    for row in ROWS:
        for name in SIGNED_IN:
            caller = walked.walkers[name].caller
            assert caller
            if row.cell(name) != "x":
                assert all(caller.may(it) for it in acts[row.method, row.pattern]), (row.pattern, name)


@pytest.mark.parametrize("name", WALKERS)
def test_walk(name: str, walked: County) -> None:
    seen, links = set[str](), Counter[str]()
    for row in ROWS:
        if row.method == "GET":
            answer = _walked(walked, name, row)
            seen.add(str(answer.url.path))
            links.update(_led(walked, name, answer))
    fresh = [it for it in links if it.partition("?")[0] not in seen]
    of_a_kind = Counter[str]()
    for link in fresh:
        kind = getattr(row_of("GET", link.partition("?")[0]), "pattern", "")
        of_a_kind[kind] += 1
        if kind and of_a_kind[kind] <= A_FEW:
            assert walked.walkers[name].client.get(link).status_code in (200, 303), f"a dead link: {link}"


@pytest.mark.parametrize("name", WALKERS)
def test_forms(name: str, walked: County) -> None:
    before = _kept(walked.served)
    for row in FORMS:
        if row.cell(name) != "o":
            _walked(walked, name, row)
    assert _kept(walked.served) == before, "what is refused changes nothing"


def _walked(walked: County, name: str, row: Row) -> Any:
    """The answer to a walker's call, after it was held against the table: where it is refused, as what is not there."""
    cell, about = row.cell(name), f"{row.method} {row.pattern}"
    answer = walked.call(row, name)
    assert answer.status_code == STATUS[cell], about
    if cell == ">":
        assert answer.headers["location"].startswith(SIGN_IN), about
    elif cell in "x-" and "{" in row.pattern + row.query:
        other = walked.call(row, name, nothing(walked.made))
        assert (other.status_code, _words(other)) == (answer.status_code, _words(answer)), about
    _check(walked, name, answer, about)
    return answer


def test_every_mark_is_met_by_somebody_who_may_read_it(walked: County) -> None:
    network = Things(walked.made.things.of | {"{objection_id}": walked.made.secrets["network objection"]})
    pages = {
        name: [
            unescape(walked.call(row, name, things).text)
            for row in ROWS
            if row.method == "GET" and row.pattern in (*WITH_MARKS, *WITH_THEIRS)
            for things in (walked.made.things, of_the_other(walked.made), network)
            if things is walked.made.things or row.pattern in WITH_THEIRS
        ]
        for name in ("clerk", "other bank", "county", "auditor", "administrator")
    }
    for mark in walked.marks:
        assert any(mark.words in it for name in mark.readers & set(pages) for it in pages[name]), mark.words


def _words(answer: Any) -> str:
    return _OWN.sub("", answer.text)


def _check(walked: County, name: str, answer: Any, about: str) -> None:
    """What a walker reads holds nothing that is not theirs, and nothing that they may not do."""
    page, who = _OWN.sub("", answer.text), walked.walkers[name].caller
    text = unescape(page)
    if "html" in answer.headers.get("content-type", ""):
        assert not any(it in page for it in ATTEMPTS), f"{about}: what somebody typed is more than text"
    assert not set(_LONG_NUMBER.findall(page)) & _numbers(walked), f"{about}: an ID number"
    for mark in walked.marks:
        if name not in mark.readers and not (mark.beside and mark.beside in str(answer.url)):
            assert mark.words not in text, f"{about}: {mark.words}"
    households = set(_HOUSEHOLD.findall(text)) - {_EXAMPLE}
    if who is None or name in NO_HOUSEHOLDS:
        assert not households, about
    elif who.role in WITHIN_AREA:
        assert all(it.startswith(who.area) for it in households), f"{about}: {households}"


_NUMBERS: dict[int, set[str]] = {}


def _numbers(walked: County) -> set[str]:
    if id(walked) not in _NUMBERS:
        _NUMBERS[id(walked)] = set(numbers_of(walked.served).values())
    return _NUMBERS[id(walked)]


def _led(walked: County, name: str, answer: Any) -> set[str]:
    """The console's links on a page, after every link and form was found to be one that its reader may use."""
    who, about = walked.walkers[name], str(answer.url.path)
    if "html" not in answer.headers.get("content-type", "") or who.caller is None:
        return set()
    for form in _FORM.findall(answer.text):
        assert 'name="csrf_token" value="' in form or SIGN_IN in form, f"{about}: {form}"
    links = {unescape(it) for it in _LINK.findall(answer.text) if "/assets/" not in it and "/language/" not in it}
    used = [("POST", unescape(it)) for it in _ACTION.findall(answer.text)]
    used += [("GET", it) for it in links if it.startswith("/console")]
    for method, address in used:
        found = row_of(method, address.partition("?")[0])
        assert found, f"{about}: {address}"
        assert found.cell(name) != "x", f"{about}: {address}"
    if any(it.startswith("/v1/decisions/") for it in links):
        assert who.caller.may(Act.READ_DECISION), about
    return links


@pytest.mark.parametrize("name", ["clerk", "county", "analyst", "auditor", "administrator"])
def test_a_form_without_its_sessions_token_is_refused_by_every_route_alike(name: str, walked: County) -> None:
    who, other = walked.walkers[name], walked.walkers["auditor" if name != "auditor" else "analyst"]
    before, said = _kept(walked.served), set()
    for row in FORMS:
        address = walked.made.things.address(row.pattern, row.query)
        forms = [{"csrf_token": token} for token in ("x", other.token)] + [{}]
        answers = [] if row.pattern == SIGN_IN else [who.client.post(address, data={"a": "b", **it}) for it in forms]
        elsewhere = {"Origin": "https://evil.example"}
        foreign = who.client.post(address, data={"csrf_token": who.token}, headers=elsewhere)
        assert {it.status_code for it in (*answers, foreign)} == {403}, row.pattern
        said |= {_words(it) for it in answers} | {_words(foreign)}
    assert len(said) == 2, "one page for every form of the session, one for whatever comes from another host"
    assert _kept(walked.served) == before
    assert who.client.get("/console/").status_code == 200, "the session is still open"


def _kept(served: Served) -> dict[str, str]:
    """What is kept, table by table and folder by folder, by its hash; but for the counting of calls."""
    parts, found = served.parts, {}
    with parts.store.engine.connect() as connection:
        tables = connection.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('client_rates')"
        ).scalars()
        for table in list(tables):
            query = f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t'
            found[table] = str(connection.exec_driver_sql(query).scalar_one())
    for folder in (parts.settings.data / "uploads", parts.settings.policies):
        files = sorted(it for it in folder.rglob("*") if it.is_file())
        found[str(folder)] = hashlib.sha256(b"".join(str(it).encode() + it.read_bytes() for it in files)).hexdigest()
    return found
