"""A household's page says what the API says, in both languages, to those who may see it, in few bytes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from serving.access.roles import Role
from serving.console.assets import MEDIA, address
from tests.serving.console.pages import person
from tests.serving.console.site import Site

_TAGS = re.compile(r"<[^>]+>")
STATUSES = {"graded": "", "below_a": "Below A", "vetoed": "Vetoed", "withheld": "Not graded for now"}


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", _TAGS.sub(" ", page.replace("&#39;", "'").replace("&#34;", '"')))


def _states(site: Site) -> dict[tuple[str, bool], dict[str, Any]]:
    """One household of each status, with terms and without."""
    found: dict[tuple[str, bool], dict[str, Any]] = {}
    for household in site.served.ids():
        answer = site.served.client.get(f"/v1/households/{household}").json()
        state = answer["state"]
        found.setdefault((state["status"], bool(state["terms"]["offered"])), answer)
    return found


def test_every_status_is_told_as_the_api_tells_it(site: Site) -> None:
    found = _states(site)
    assert {status for status, _ in found} == set(STATUSES)
    assert ("graded", True) in found
    with person(site, Role.CLERK, language="en") as clerk:
        for (status, offered), answer in found.items():
            page = clerk.get(f"/console/households/{answer['household_id']}")
            assert page.status_code == 200
            text, state = _text(page.text), answer["state"]
            assert (state["grade"] or STATUSES[status]) in text
            assert ('<p class="verdict good">' in page.text) == offered
            assert f"{int(float(state['limit_cny'])):,} yuan" in text
            if state["score"] is not None:
                assert f"Score {state['score']}" in text
            for reason in state["reasons"] if status != "vetoed" else []:
                assert reason["en"] in text
            for veto in state["vetoes"]["fired"]:
                assert veto["remedy"]["en"] in text
            for block in state["terms"]["blocks"]:
                assert block["id"] == "no_grade" or block["en"] in text
            for step in answer["path"]["steps"] if answer["path"] else []:
                assert step["label"]["en"] in text
            for right in answer["rights"] or []:
                assert right["en"] in text
            assert "Synthetic data" in text


def test_why_it_is_not_aaa(site: Site) -> None:
    answer = next(
        it
        for household in site.served.ids()
        if (it := site.served.client.get(f"/v1/households/{household}").json())["state"]["grade"] == "AA"
    )
    with person(site, Role.CLERK) as clerk:
        text = _text(clerk.get(f"/console/households/{answer['household_id']}").text)
    assert "为什么等级没有更高" in text
    assert "如何达到AAA级" in text
    assert all(reason["zh"] in text for reason in answer["state"]["reasons"])


def test_nobody_sees_a_household_that_the_api_does_not_show(site: Site) -> None:
    mine = site.served.ids()[0]
    elsewhere = next(it for it in site.served.ids() if it[:9] != mine[:9])
    roles = (Role.CLERK, Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY, Role.AUDITOR)
    for role in roles:
        key = site.served.key(role)
        with person(site, role) as client:
            for household in (mine, elsewhere, "411299999999-0001"):
                api = site.served.client.get(f"/v1/households/{household}", headers=key)
                assert client.get(f"/console/households/{household}").status_code == api.status_code
    with person(site, Role.CLERK, tenant="bank-nobody-trusts") as clerk:
        assert clerk.get(f"/console/households/{mine}").status_code == 404
    for role in (Role.ANALYST, Role.ADMINISTRATOR):
        with person(site, role) as client:
            assert client.get(f"/console/households/{mine}").status_code == 403


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.CLERK, {"decide", "object", "own consent"}),
        (Role.VILLAGE, {"object", "own consent", "other consent", "report"}),
        (Role.COUNTY, {"object", "own consent", "other consent", "report"}),
        (Role.AUDITOR, {"own consent", "other consent"}),
    ],
)
def test_a_role_sees_only_what_it_may_use(role: Role, sees: set[str], site: Site) -> None:
    household = site.served.ids()[0]
    with person(site, role) as client:
        page = client.get(f"/console/households/{household}").text
    shown = {
        "decide": f"/console/households/{household}/decisions" in page,
        "object": f"/console/households/{household}/objection" in page,
        "report": f"/console/households/{household}/reports" in page,
        "own consent": f"consent-bank-a-{household}" in page,
        "other consent": f"consent-bank-b-{household}" in page,
    }
    assert {name for name, there in shown.items() if there} == sees


def test_all_that_a_browser_fetches_is_small(site: Site) -> None:
    with person(site, Role.CLERK) as clerk:
        whole = 0
        for path in (f"/console/households/{site.served.ids()[0]}", *(address(it) for it in MEDIA)):
            answer = clerk.get(path, headers={"Accept-Encoding": "gzip"})
            whole += int(answer.headers["content-length"]) + len(str(answer.headers))
    assert whole <= 40_000
