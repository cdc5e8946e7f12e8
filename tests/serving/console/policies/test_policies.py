"""The policy workshop: what changes, who would move under a draft, and an approval that takes two people."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Browser

from scoring.policy.certify import certify
from scoring.policy.differ import differences
from scoring.policy.load import load, load_index, read_texts
from serving.access.roles import Role
from serving.approvals import proposals, trials
from serving.approvals.proposals import OF_POLICIES
from serving.console.policies.tried import Cell, tried
from tests.serving.console.pages import person, send
from tests.serving.console.site import Site
from tests.serving.console.workshop import CERTAIN, DRAFT, FAULTY
from tests.serving.console.workshop_pages import trial_page
from tests.serving.served import NOW

BASE = "/console/policies"


def test_find_who_a_draft_would_move_in_at_most_four_clicks(workshop: Site, browser: Browser) -> None:
    with workshop.browsing(browser, Role.ANALYST) as watched:
        page = watched.page
        watched.open("/console/")
        page.get_by_role("link", name="政策").first.click()
        page.get_by_role("link", name=re.compile("哪些农户会变动")).first.click()
        found = trials.kept(workshop.served.parts, trials.newest(workshop.served.parts, most=1)[0].number).data
        moved = found["households"] - found["movement"]["kinds"]["unchanged"]
        assert moved > 0
        assert page.locator("dl.figures div", has_text="结果改变").locator("dd").inner_text() == f"{moved:,}"
        assert page.get_by_role("heading", name="所在乡镇").is_visible()
        assert not watched.messages


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_of_a_trial_is_the_stored_trials(workshop: Site, language: str) -> None:
    kept = trials.kept(workshop.served.parts, trials.newest(workshop.served.parts, most=1)[0].number)
    data = kept.data
    with person(workshop, Role.COUNTY, language=language) as client:
        page = client.get(trial_page(workshop)).text
    cells = re.findall(r'<td class="n ?(up|down|same|)">(?:↑ |↓ )?([0-9,]+)</td>', page)
    every = [f"{count:,}" for row in data["movement"]["matrix"] for count in row]
    assert [count for _, count in cells][: len(every)] == every
    for line in data["in_words"][language][1:]:
        assert line in page.replace("&#39;", "'").replace("&gt;", ">"), line
    for it in data["townships"]:
        assert it[language] in page
    assert kept.head.sha256 in page
    assert "&lt;i&gt;analyst&lt;/i&gt;" in page
    assert "<i>analyst" not in page


def test_up_and_down_follow_the_order_of_grades(workshop: Site) -> None:
    kept = trials.kept(workshop.served.parts, trials.newest(workshop.served.parts, most=1)[0].number)
    shown = tried(kept, "en")
    sums = dict.fromkeys(("up", "down", "same", ""), 0)
    for _, row in shown.rows:
        for cell in row:
            assert isinstance(cell, Cell)
            sums[cell.way] += cell.count
    kinds = kept.data["movement"]["kinds"]
    assert sums["up"] == kinds["newly_granted"] + kinds["higher"] == shown.up
    assert sums["down"] == kinds["newly_refused"] + kinds["lower"] == shown.down
    assert sum(sums.values()) == kept.data["households"]


def test_a_version_shows_what_changed_in_words_and_its_certificate(workshop: Site) -> None:
    folder = workshop.served.parts.settings.policies
    changes = differences(read_texts(folder / "2017-04-01"), read_texts(folder / "2021-03-01"))
    with person(workshop, Role.ADMINISTRATOR, language="en") as client:
        page = client.get(f"{BASE}/versions/2021-03-01").text
        first = client.get(f"{BASE}/versions/2017-04-01").text
    changed = page.partition("<details")[2].rpartition("</details>")[0]
    assert changed.count("<li") == len(changes) > 5
    assert certify(load(folder / "2021-03-01")).sha256 in page
    assert "This is the first policy of the county." in first
    assert "in force</span>" in first, "on the day of the county's clock"
    assert "<form" not in page.partition("<main")[2], "an approved policy is not tried or proposed"


def test_a_faulty_draft_names_every_fault_and_offers_nothing(workshop: Site) -> None:
    with person(workshop, Role.ANALYST, language="en") as client:
        page = client.get(f"{BASE}/versions/{FAULTY}").text
        assert "grades.yaml:" in page
        assert "<form" not in page.partition("<main")[2]
        answer = send(client, f"{BASE}/versions/{FAULTY}/trials", on=NOW.date().isoformat())
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("yesterday", "Give the day as year, month and day."),
        ("2030-01-01", "The day has not come yet."),
        ("2016-01-01", "No policy was in force on that day"),
        ("2017-04-02", "No household was known by the end of that day."),
    ],
)
def test_a_trial_that_cannot_be_made_says_why_and_keeps_what_was_typed(workshop: Site, on: str, says: str) -> None:
    before = len(trials.newest(workshop.served.parts, most=20))
    with person(workshop, Role.ANALYST, language="en") as client:
        answer = send(client, f"{BASE}/versions/{CERTAIN}/trials", on=on)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{on}"' in answer.text
    assert len(trials.newest(workshop.served.parts, most=20)) == before


def test_a_trial_made_on_the_page_is_kept_and_names_who_made_it(moved_workshop: Site) -> None:
    parts = moved_workshop.served.parts
    with person(moved_workshop, Role.ANALYST, language="en") as client:
        answer = send(client, f"{BASE}/versions/{CERTAIN}/trials", on=NOW.date().isoformat())
        head = trials.newest(parts, most=1)[0]
        assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/trials/{head.number}")
        assert (head.folder, head.on) == (CERTAIN, NOW.date())
        assert f"{BASE}/trials/{head.number}" in client.get(f"{BASE}/versions/{CERTAIN}").text
        grades = parts.settings.policies / CERTAIN / "grades.yaml"
        grades.write_text(grades.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
        assert "the draft has changed since" in client.get(f"{BASE}/versions/{CERTAIN}").text


def test_a_draft_is_approved_by_an_analyst_and_somebody_of_the_county(moved_workshop: Site) -> None:
    parts = moved_workshop.served.parts
    with person(moved_workshop, Role.ANALYST) as one, person(moved_workshop, Role.COUNTY) as other:
        empty = send(one, f"{BASE}/versions/{DRAFT}/proposals", why=" ")
        assert (empty.status_code, 'id="fault-approve_policy"' in empty.text) == (422, True)
        assert send(one, f"{BASE}/versions/{DRAFT}/proposals", why="county order 12").status_code == 303
        number = proposals.newest(parts, OF_POLICIES, most=1)[0].number
        path = f"{BASE}/proposals/{number}/confirm"
        assert send(one, path).status_code == 403, "an analyst confirms no policy"
        assert send(other, path).status_code == 303
        assert load_index(parts.settings.policies).approvals[-1].folder == DRAFT
        page = other.get(BASE).text
        assert "下次启动后生效" in page
        assert "已确认" in page
        assert send(other, path).status_code == 409


def test_what_is_no_folder_of_the_county_is_not_there(workshop: Site) -> None:
    parts = workshop.served.parts
    shutil.copytree(parts.settings.policies / DRAFT, parts.settings.policies.parent / "outside", dirs_exist_ok=True)
    with person(workshop, Role.ANALYST) as client:
        for name in ("outside", "..%2Foutside", "%2Fetc", "index.yaml", "nowhere"):
            assert client.get(f"{BASE}/versions/{name}").status_code in (404, 422), name
        assert client.get(f"{BASE}/trials/999999").status_code == 404


@pytest.mark.parametrize(
    ("role", "reads", "tries", "confirms"),
    [
        (Role.ANALYST, True, True, False),
        (Role.COUNTY, True, True, True),
        (Role.AUDITOR, True, False, False),
        (Role.ADMINISTRATOR, True, False, False),
        (Role.CLERK, False, False, False),
        (Role.TOWNSHIP, False, False, False),
    ],
)
def test_who_may_do_what(workshop: Site, role: Role, reads: bool, tries: bool, confirms: bool) -> None:
    with person(workshop, role) as client:
        pages = [BASE, f"{BASE}/versions/{DRAFT}", trial_page(workshop)]
        assert [client.get(it).status_code == 200 for it in pages] == [reads] * 3
        assert (send(client, f"{BASE}/versions/{DRAFT}/trials", on="x").status_code != 403) is tries
        assert (send(client, f"{BASE}/proposals/999999/confirm").status_code != 403) is confirms
        if reads:
            page = client.get(pages[1]).text.partition("<main")[2]
            assert ("<form" in page) is tries
