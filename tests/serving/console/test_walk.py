"""Every route of the console, walked by every role, of one bank and another, here and elsewhere: nobody sees or does what is not theirs."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from serving.access.roles import WITHIN_AREA, Act, Role
from serving.accounts.clients import add_client
from serving.api.access import act_of
from serving.console.app import create_site
from serving.console.signed import SIGN_IN
from tests.serving.console.test_entrance import console_routes
from tests.serving.console.walk_marks import Mark, marks_of
from tests.serving.console.walk_table import ROWS, STATUS, WALKERS, Row, row_of
from tests.serving.console.walked import Made, Things, make, nothing, offered
from tests.serving.console.walkers import Walker, people_of, walker
from tests.serving.console.workshop import furnish
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
NO_HOUSEHOLDS = ("untrusted", "analyst", "administrator")


@dataclass(frozen=True)
class County:
    """The county that is walked."""

    served: Served
    walkers: dict[str, Walker]
    made: Made
    marks: list[Mark]

    def call(self, row: Row, name: str, things: Things | None = None, **form: str) -> Any:
        """A walker's call; a form brings its token, and nothing else that is not given."""
        who, address = self.walkers[name], (things or self.made.things).address(row.pattern, row.query)
        if row.method == "GET":
            return who.client.get(address)
        return who.client.post(address, data={"csrf_token": who.token, **form})


@pytest.fixture(scope="module")
def county(make_county: Callable[[], Served], tmp_path_factory: pytest.TempPathFactory) -> County:
    """The county with one of everything, and everybody signed in."""
    served = furnish(make_county(), tmp_path_factory.mktemp("walk"))
    near, far = offered(served)
    people = people_of(served, served.village(near), served.village(far))
    made = make(served, people, near, far)
    add_client(served.parts, "walk-program", tenant="bank-b", role=Role.BANK, days=30, by="tests")
    app = create_site(served.parts)
    walkers = {name: walker(app, of) for name, of in people.items()}
    return County(served, walkers, made, marks_of(made))


def test_every_route_has_a_row(county: County) -> None:
    routes = {(method, it.path) for it in console_routes(county.served.parts) for method in it.methods}
    assert routes == {(it.method, it.pattern) for it in ROWS}
    assert len(ROWS) == len(routes)


def test_whoever_may_has_a_role_that_may(county: County) -> None:
    acts = {
        (method, route.path): [act for it in route.dependant.dependencies if it.call and (act := act_of(it.call))]
        for route in console_routes(county.served.parts)
        for method in route.methods
    }
    for row in ROWS:
        for name in SIGNED_IN:
            caller = county.walkers[name].caller
            assert caller
            if row.cell(name) != "x":
                assert all(caller.may(it) for it in acts[row.method, row.pattern]), (row.pattern, name)


@pytest.mark.parametrize("name", WALKERS)
def test_walk(name: str, county: County) -> None:
    seen, links = set[str](), Counter[str]()
    for row in ROWS:
        if row.method == "GET":
            answer = _walked(county, name, row)
            seen.add(str(answer.url.path))
            links.update(_led(county, name, answer))
    fresh = [it for it in links if it.partition("?")[0] not in seen]
    of_a_kind = Counter[str]()
    for link in fresh:
        kind = getattr(row_of("GET", link.partition("?")[0]), "pattern", "")
        of_a_kind[kind] += 1
        if kind and of_a_kind[kind] <= A_FEW:
            assert county.walkers[name].client.get(link).status_code in (200, 303), f"a dead link: {link}"


@pytest.mark.parametrize("name", WALKERS)
def test_forms(name: str, county: County) -> None:
    before = _kept(county.served)
    for row in FORMS:
        if row.cell(name) != "o":
            _walked(county, name, row)
    assert _kept(county.served) == before, "what is refused changes nothing"


def _walked(county: County, name: str, row: Row) -> Any:
    """The answer to a walker's call, after it was held against the table: where it is refused, as what is not there."""
    cell, about = row.cell(name), f"{row.method} {row.pattern}"
    answer = county.call(row, name)
    assert answer.status_code == STATUS[cell], about
    if cell == ">":
        assert answer.headers["location"].startswith(SIGN_IN), about
    elif cell in "x-":
        other = county.call(row, name, nothing(county.made))
        assert (other.status_code, _words(other)) == (answer.status_code, _words(answer)), about
    _check(county, name, answer, about)
    return answer


def _words(answer: Any) -> str:
    return _OWN.sub("", answer.text)


def _check(county: County, name: str, answer: Any, about: str) -> None:
    """What a walker reads holds nothing that is not theirs, and nothing that they may not do."""
    page, who = _OWN.sub("", answer.text), county.walkers[name].caller
    text = unescape(page)
    assert not set(_LONG_NUMBER.findall(page)) & _numbers(county), f"{about}: an ID number"
    for mark in county.marks:
        if name not in mark.readers and not (mark.beside and mark.beside in str(answer.url)):
            assert mark.words not in text, f"{about}: {mark.words}"
    households = set(_HOUSEHOLD.findall(text)) - {_EXAMPLE}
    if who is None or name in NO_HOUSEHOLDS:
        assert not households, about
    elif who.role in WITHIN_AREA:
        assert all(it.startswith(who.area) for it in households), f"{about}: {households}"


_NUMBERS: dict[int, set[str]] = {}


def _numbers(county: County) -> set[str]:
    if id(county) not in _NUMBERS:
        _NUMBERS[id(county)] = set(numbers_of(county.served).values())
    return _NUMBERS[id(county)]


def _led(county: County, name: str, answer: Any) -> set[str]:
    """The console's links on a page, after every link and form was found to be one that its reader may use."""
    who, about = county.walkers[name], str(answer.url.path)
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
def test_a_form_without_its_sessions_token_is_refused_by_every_route_alike(name: str, county: County) -> None:
    who, other = county.walkers[name], county.walkers["auditor" if name != "auditor" else "analyst"]
    before, said = _kept(county.served), set()
    for row in FORMS:
        address = county.made.things.address(row.pattern, row.query)
        forms = [{"csrf_token": token} for token in ("x", other.token)] + [{}]
        answers = [] if row.pattern == SIGN_IN else [who.client.post(address, data={"a": "b", **it}) for it in forms]
        elsewhere = {"Origin": "https://evil.example"}
        foreign = who.client.post(address, data={"csrf_token": who.token}, headers=elsewhere)
        assert {it.status_code for it in (*answers, foreign)} == {403}, row.pattern
        said |= {_words(it) for it in answers} | {_words(foreign)}
    assert len(said) == 2, "one page for every form of the session, one for whatever comes from another host"
    assert _kept(county.served) == before
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
