"""The county's pages say what the register and the stops say, to whom may see them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from serving.access.roles import Role
from serving.console.shown import Shown
from serving.county.areas import area_stops
from tests.serving.console import test_pages
from tests.serving.console.county.conftest import ON, Troubled
from tests.serving.console.looks import Looked
from tests.serving.console.pages import person

COUNTY, STOPS = "/console/county", "/console/county/stops"


def _figure(text: str, name: str) -> str:
    found = re.search(rf"<dt>{name}</dt><dd[^>]*>\s*([^<]*?)\s*</dd>", text)
    assert found, name
    return found[1]


def test_the_figures_are_the_registers(troubled: Troubled) -> None:
    register, shown = troubled.register, Shown("en")
    graded, everybody = int((register.status == 0).sum()), len(register.status)
    with person(troubled.site, Role.COUNTY, language="en") as client:
        text = client.get(COUNTY).text
    assert _figure(text, "Households") == str(everybody)
    assert _figure(text, "Granted: grade A or better") == shown.percent(graded / everybody)
    assert _figure(text, "Credit villages") == str(sum(it.credit_area for it in register.village_shares))
    assert _figure(text, "Credit townships") == str(sum(it.credit_area for it in register.township_shares))
    assert _figure(text, "Stopped villages") == "1"
    assert "report of 2017: 82%" in text
    assert "report of 2017: 80.6%" in text
    assert "Synthetic data" in text
    for number, grade in enumerate(register.policy.grades):
        count = int((register.grade == number).sum())
        assert f'<span class="name">{grade.id}</span></th><td class="n">{count}</td>' in text


def test_a_townships_and_a_villages_figures(troubled: Troubled) -> None:
    with person(troubled.site, Role.COUNTY, language="en") as client:
        for one in troubled.register.township_shares[:3]:
            page = client.get(f"{COUNTY}/townships/{one.code}").text
            assert _figure(page, "Households") == str(one.households)
            assert f"{one.credit_villages} of {one.villages} are credit villages" in page
        for one in [it for it in troubled.register.village_shares if it.households][:3]:
            page = client.get(f"{COUNTY}/villages/{one.code}").text
            assert _figure(page, "Households") == str(one.households)
            assert _figure(page, "Granted: grade A or better") == Shown("en").percent(one.graded / one.households)


def test_what_is_stopped_and_what_releases_it(troubled: Troubled) -> None:
    stopped = [it for it in area_stops(troubled.site.served.parts, ON) if it.stop.stopped]
    assert troubled.village in [it.code for it in stopped]
    with person(troubled.site, Role.COUNTY, language="en") as client:
        text = client.get(STOPS).text
        village = client.get(f"{COUNTY}/villages/{troubled.village}").text
    for one in stopped:
        assert f"/{one.code}" in text
    assert len(re.findall(r'href="/console/county/(?:villages|townships)/\d+', text)) == len(stopped)
    assert "2 more month ends in a row with a bad-loan ratio of at most 5% (0 of 2 so far)" in text
    assert "then two people sign the release" in text
    assert "Stopped since 31 Mar 2017" in village
    assert "100.00%" in village


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_others_may_not(role: Role, troubled: Troubled) -> None:
    with person(troubled.site, role) as client:
        for path in (COUNTY, STOPS, f"{COUNTY}/filings", f"{COUNTY}/villages/{troubled.village}"):
            assert client.get(path).status_code == 403
        assert COUNTY not in client.get("/console/").text


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_analysts_and_auditors_look_but_import_nothing(role: Role, troubled: Troubled) -> None:
    with person(troubled.site, role) as client:
        page = client.get(COUNTY)
        assert page.status_code == 200
        assert f"{COUNTY}/import" not in page.text


def test_an_officer_sees_the_own_area_alone(troubled: Troubled) -> None:
    site = troubled.site
    mine = site.served.village("")
    others = [it.code for it in troubled.register.village_shares if not it.code.startswith(mine[:9])]
    with person(site, Role.TOWNSHIP) as client:
        assert client.get(COUNTY).headers["location"] == f"{COUNTY}/townships/{mine[:9]}"
        assert client.get(f"{COUNTY}/townships/{mine[:9]}").status_code == 200
        assert client.get(f"{COUNTY}/villages/{mine}").status_code == 200
        for path in (f"townships/{others[0][:9]}", f"villages/{others[0]}", "villages/411299999999"):
            answer = client.get(f"{COUNTY}/{path}")
            assert answer.status_code == 404
            assert "没有这个乡镇或村" in answer.text
        assert all(f"/{code}" not in client.get(STOPS).text for code in others)
    with person(site, Role.VILLAGE) as client:
        assert client.get(COUNTY).headers["location"] == f"{COUNTY}/villages/{mine}"
        page = client.get(f"{COUNTY}/villages/{mine}").text
        assert f"{COUNTY}/townships/" not in page, "no link to what would not be found"
        assert client.get(f"{COUNTY}/townships/{mine[:9]}").status_code == 404


@pytest.mark.parametrize("path", ["townships/41129910", "villages/x", "villages/411299101201'", "stops?x=1"])
def test_an_address_that_cannot_be(path: str, troubled: Troubled) -> None:
    with person(troubled.site, Role.COUNTY) as client:
        assert client.get(f"{COUNTY}/{path}").status_code in (404, 422)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_stops_as_a_browser_sees_them(language: str, troubled: Troubled, browser: Browser) -> None:
    test_pages.test_page(Looked("stops", Role.COUNTY, lambda _: STOPS), language, troubled.site, browser)


def test_say_which_villages_are_stopped_in_two_clicks(troubled: Troubled, browser: Browser) -> None:
    with troubled.site.browsing(browser, Role.COUNTY) as watched:
        page = watched.page
        watched.open("/console/")
        page.get_by_role("main").get_by_role("link", name="全县情况").click()
        page.get_by_role("link", name="查看停贷村及解除条件").click()
        names = page.get_by_role("region", name="停贷村").get_by_role("rowheader").get_by_role("link")
        expect(names).to_have_count(1)
        assert troubled.village in str(names.first.get_attribute("href"))
