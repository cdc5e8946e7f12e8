"""Finding a household: by its number, an ID number or a village; nothing of an ID number comes back, nobody learns who is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from serving.access.roles import Role
from tests.serving.console.pages import person, send
from tests.serving.console.site import Site
from tests.serving.served import UNUSED, numbers_of

SEARCH = "/console/households"
_LINK = re.compile(r'href="/console/households/([0-9-]+)"')


@pytest.fixture
def clerk(site: Site) -> Iterator[httpx.Client]:
    with person(site, Role.CLERK) as client:
        yield client


def _find(client: httpx.Client, number: str) -> httpx.Response:
    return send(client, SEARCH, seen_on=SEARCH, number=number)


def test_by_household_number_and_by_id_number(clerk: httpx.Client, site: Site) -> None:
    household = site.served.ids()[5]
    number = numbers_of(site.served)[household]
    for typed in (household, f" {household} ", number):
        answer = _find(clerk, typed)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/households/{household}")
        assert number not in str(answer.headers)


@pytest.mark.parametrize(
    ("typed", "status", "kept"),
    [
        ("", 422, True),
        ("a b", 422, False),
        ("<script>alert(1)</script>", 422, False),
        ("411299101201-9999", 404, True),
        (UNUSED, 404, False),
        ("11010519491231002", 422, False),
        ("110105194912310021", 422, False),
        ("11010519491", 404, False),
        ("x" * 5000, 422, False),
    ],
)
def test_what_is_not_found_is_told_beside_the_field(typed: str, status: int, kept: bool, clerk: httpx.Client) -> None:
    answer = _find(clerk, typed)
    assert answer.status_code == status
    assert 'id="number-fault"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert (f'value="{typed}"' in answer.text) == kept
    if not kept and typed:
        assert typed not in answer.text, "what may be an ID number is never shown again"


def test_the_same_words_for_another_areas_household_and_for_nobodys(site: Site) -> None:
    village = site.served.village(site.served.ids()[0])
    elsewhere = next(it for it in site.served.ids() if not it.startswith(village))
    number = numbers_of(site.served)[elsewhere]
    with person(site, Role.VILLAGE) as officer:
        seen = [_find(officer, it) for it in (elsewhere, "411299999999-0001", number, UNUSED)]
    assert {it.status_code for it in seen} == {404}
    words = {re.search(r'id="number-fault" role="alert">([^<]+)<', it.text)[1] for it in seen}  # type: ignore[index]
    assert len(words) == 1


def test_a_village_is_paged_in_the_database(clerk: httpx.Client, site: Site) -> None:
    village = site.served.village(site.served.ids()[0])
    mine = [it for it in site.served.ids() if it.startswith(f"{village}-")]
    page = clerk.get(SEARCH, params={"village": village})
    assert _LINK.findall(page.text) == mine
    after = clerk.get(SEARCH, params={"village": village, "after": mine[1]})
    assert _LINK.findall(after.text) == mine[2:]
    assert "回到开头" in after.text
    end = clerk.get(SEARCH, params={"village": village, "after": mine[-1]})
    assert "列表到此为止" in end.text


def test_a_village_officer_begins_with_the_own_village_and_sees_no_other(site: Site) -> None:
    village = site.served.village(site.served.ids()[0])
    with person(site, Role.VILLAGE) as officer:
        page = officer.get(SEARCH)
        assert {it[:12] for it in _LINK.findall(page.text)} == {village}
        assert re.findall(r'<option value="(\d+)"', page.text) == [village]
        other = next(it for it in site.served.ids() if not it.startswith(village))[:12]
        hidden = officer.get(SEARCH, params={"village": other})
        nowhere = officer.get(SEARCH, params={"village": "999999999999"})
        assert _LINK.findall(hidden.text) == _LINK.findall(nowhere.text) == []


@pytest.mark.parametrize("query", ["village=1", "village=4112991012xx", "after=%3Cb%3E", "other=1"])
def test_an_address_that_cannot_be(query: str, clerk: httpx.Client) -> None:
    assert clerk.get(f"{SEARCH}?{query}").status_code == 422


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR])
def test_who_may_not_search_has_no_page(role: Role, site: Site) -> None:
    with person(site, role) as client:
        assert client.get(SEARCH).status_code == 403
        assert "/console/households" not in client.get("/console/").text
