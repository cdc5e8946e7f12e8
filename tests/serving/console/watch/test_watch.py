"""Pages of the watch: every number on them is one of the stored report's, alarms first, and nobody sees another's area."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest

from feature_store.adapters import watch_reports
from feature_store.adapters.watch_reports import WatchReport
from scoring.canonical import canonical, sha256
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.alarms.standing import list_alarms
from serving.console.watch.report import report_of
from serving.console.watch.routes import A_PAGE
from tests.serving.console.pages import person
from tests.serving.console.site import Site
from tests.serving.console.workshop import REPORTED, report
from tests.serving.served import NOW

CONTENT = json.loads(report())
PATH = f"/console/watch/{REPORTED.isoformat()}"
_ROW = re.compile(r'<tr data-figure="([^"]+)" data-kind="([^"]+)" data-about="([^"]*)">(.*?)</tr>', re.DOTALL)
_DATA = re.compile(r'<data value="([^"]*)">')


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_is_the_stored_reports(workshop: Site, language: str) -> None:
    with person(workshop, Role.ANALYST, language=language) as client:
        page = client.get(PATH).text
    rows = {found[:3]: found[3] for found in _ROW.findall(page)}
    assert len(rows) == len(CONTENT["figures"]) > 400
    for it in CONTENT["figures"]:
        cells = rows[it["id"], it["about"]["kind"], it["about"]["id"]]
        assert _DATA.findall(cells) == [it[name] or "" for name in ("value", "reference", "p")]
    for status in ("red", "amber", "green", "too_few", "shown"):
        assert f">{CONTENT['counts'][status]}</dd>" in page, status
    assert sha256(report()) in page


def test_what_is_over_its_limit_is_not_folded(workshop: Site) -> None:
    with person(workshop, Role.ANALYST, language="en") as client:
        page = unescape(client.get(PATH).text)
    folded = "".join(re.findall(r"<details>.*?</details>", page, re.DOTALL))
    loud = [it for it in CONTENT["figures"] if it["status"] in ("red", "amber")]
    assert loud
    for it in loud:
        row = f'data-figure="{it["id"]}" data-kind="{it["about"]["kind"]}" data-about="{it["about"]["id"]}"'
        assert row in page
        assert row not in folded
    (alarm,) = CONTENT["alarms"]
    assert all(line in page for line in alarm["lines"]["en"])


def test_alarms_that_stand_are_on_the_first_page(workshop: Site) -> None:
    (alarm,) = list_alarms(workshop.served.parts).shown
    with person(workshop, Role.AUDITOR, language="en") as client:
        page = unescape(client.get("/console/watch").text)
    assert alarm.lines["en"][0] in page
    assert "is suspended since" in page, "its limit suspends the opinion"
    assert f'href="{PATH}"' in page


def test_figures_about_another_area_are_left_out() -> None:
    county = Caller("officer", "county", Role.COUNTY, area="411224")
    shown = report_of(CONTENT, county, "en")
    about = [it for it in CONTENT["figures"] if it["about"]["kind"] == "township"]
    assert about
    assert shown.left_out >= len(about)
    left = [it.data for group in shown.groups for it in (*group.loud, *group.quiet)]
    assert not [it for it in left if it["about"]["kind"] == "township"]
    assert report_of(CONTENT, replace(county, area="411299"), "en").left_out == 0


def test_a_day_without_a_report_and_an_odd_one(workshop: Site) -> None:
    with person(workshop, Role.ANALYST, language="en") as client:
        missing = client.get("/console/watch/2018-08-01")
        assert missing.status_code == 404
        assert "No report of the watch is stored for that day." in missing.text
        assert client.get("/console/watch/today").status_code == 422
        assert client.get("/console/watch", params={"before": "x"}).status_code == 422


@pytest.mark.parametrize("role", [Role.CLERK, Role.VILLAGE, Role.TOWNSHIP, Role.ADMINISTRATOR])
def test_who_may_not_look(workshop: Site, role: Role) -> None:
    with person(workshop, role) as client:
        assert [client.get(it).status_code for it in ("/console/watch", PATH)] == [403, 403]


def test_reports_are_paged_in_the_database(moved_workshop: Site) -> None:
    days = [date(2019, 1, 31) + timedelta(days=91 * it) for it in range(2 * A_PAGE)]
    with moved_workshop.served.parts.store.engine.begin() as connection:
        for day in days:
            content = canonical({**CONTENT, "on": day.isoformat()})
            watch_reports.add(connection, WatchReport(day, "2019Q1", NOW, content, sha256(content), NOW))
    seen: list[str] = []
    with person(moved_workshop, Role.ANALYST) as client:
        path = "/console/watch"
        for _ in range(3):
            page = client.get(path).text
            seen += re.findall(r'<th scope="row"><a href="/console/watch/([0-9-]+)"', page)
            older = re.search(r'href="(/console/watch\?before=[0-9-]+)"', page)
            if older is None:
                break
            path = older[1]
    assert seen == [it.isoformat() for it in [*reversed(days), REPORTED]]
