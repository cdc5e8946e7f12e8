"""The watch on a county: reproducible to the byte, stored once, blind to the future; and its page says what the report says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

from benchmarks import loan_books
from feature_store.quarter import Quarter
from scoring.canonical import canonical, sha256
from scoring.errors import PolicyNotInForce
from serving.commands import watch as command
from serving.monitoring import early, excess
from serving.monitoring.figure import number
from serving.monitoring.looks import WatchRefused, look_on
from serving.monitoring.page import page_of, shown
from serving.monitoring.watch import NoReport, report_on, stored, watch
from tests.serving.monitoring.lived import WATCHED, Lived, live
from tests.serving.monitoring.page_reader import PageReader

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    found = live(tmp_path_factory.mktemp("lived"))
    yield found
    found.parts.close()


def test_a_report_of_a_past_date_made_today_is_the_one_made_then(lived: Lived) -> None:
    for on, made in lived.made.items():
        assert made.made
        again = canonical(report_on(lived.parts, look_on(on, today=WATCHED[-1])))
        assert again == made.report.content, on
        assert sha256(again) == made.report.sha256


def test_the_same_date_again_gives_the_stored_report(lived: Lived) -> None:
    on = WATCHED[1]
    again = watch(lived.parts, on)
    assert not again.made
    assert again.report == lived.made[on].report
    assert again.linked
    with lived.parts.store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT count(*) FROM watch_reports")).scalar_one()
        assert rows == len(WATCHED)
        with pytest.raises(sa.exc.DBAPIError, match="watch_reports"):
            connection.execute(sa.text("UPDATE watch_reports SET period = '2017Q1'"))


def test_what_is_recorded_on_the_day_itself_does_not_enter(lived: Lived) -> None:
    recorded = date(2018, 4, 10)
    before = report_on(lived.parts, look_on(recorded, today=WATCHED[-1]))
    after = report_on(lived.parts, look_on(recorded + timedelta(days=1), today=WATCHED[-1]))
    seen = [sum(len(row["points"]) for row in it["plots"]["vintages"]) for it in (before, after)]
    assert 0 < seen[0] < seen[1], "the quarter's month ends were filed on that day"


def test_a_unit_that_changed_unannounced_is_red_within_two_periods_and_named_and_nothing_before_it(
    lived: Lived,
) -> None:
    quiet = [lived.made[on].content for on in WATCHED[:2]]
    assert [it["counts"]["red"] for it in quiet] == [0, 0]
    first, second = (lived.made[on].content for on in WATCHED[2:])
    assert "net_income_per_head_cny" in _about(first, "amber")
    (alarm,) = [it for it in second["alarms"] if it["figure"] == "population.psi_feature" and it["level"] == "red"]
    assert "net_income_per_head_cny" in alarm["about"]["ids"]
    assert any("net yearly income per head" in line.lower() for line in alarm["lines"]["en"][:3])
    assert alarm["since"] == "2018Q1"


def test_the_model_that_stood_then_is_the_one_that_is_watched(lived: Lived) -> None:
    assert lived.made[WATCHED[0]].content["model"] is None
    assert lived.made[WATCHED[1]].content["model"]["version"] == "1"
    assert lived.made[WATCHED[2]].content["baseline"]["on"] == "2017-03-31"
    assert lived.made[WATCHED[2]].content["synthetic"] is True


def test_the_report_lies_beside_the_run_of_the_model_and_a_registry_that_is_away_loses_none(lived: Lived) -> None:
    files, tags = lived.registry.attached["1"]
    for on in WATCHED[1:]:
        assert files[f"watch/{on}.json"].encode() == lived.made[on].report.content
        assert files[f"watch/{on}.zh.html"].startswith("<!doctype html>")
        assert tags[f"watch.{on}"] == lived.made[on].report.sha256
    lived.registry.away = True
    assert not watch(lived.parts, WATCHED[1]).linked
    lived.registry.away = False
    assert watch(lived.parts, WATCHED[1]).linked


def test_a_day_to_come_or_before_the_first_policy_is_refused(lived: Lived) -> None:
    with pytest.raises(WatchRefused, match="has not come"):
        watch(lived.parts, WATCHED[-1] + timedelta(days=1))
    with pytest.raises(PolicyNotInForce):
        watch(lived.parts, date(2017, 4, 20))
    with pytest.raises(NoReport, match="lushi watch --on 2018-05-01"):
        stored(lived.parts, date(2018, 5, 1))


def test_report_and_page_hold_no_household(lived: Lived) -> None:
    with lived.parts.store.engine.connect() as connection:
        ids = list(connection.execute(sa.text("SELECT household_id FROM households")).scalars())
    text = lived.made[WATCHED[-1]].report.content.decode()
    assert not [it for it in ids if it in text]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_of_the_page_is_the_reports(lived: Lived, lang: str) -> None:
    content = lived.made[WATCHED[-1]].content
    page = PageReader(page_of(content, "ab" * 32, lang))
    by_key = {(it["id"], it["about"]["kind"], it["about"]["id"]): it for it in content["figures"]}
    assert len(by_key) == len(content["figures"])
    assert set(page.rows) == set(by_key)
    for key, said in page.rows.items():
        it = by_key[key]
        names = ("value", "low", "high", "reference") if it["low"] is not None else ("value", "reference")
        expected = [(it[name] or "", shown(it[name], it["unit"])) for name in names]
        assert said == [*expected, (it["p"] or "", it["p"] or "–")]
    assert page.counts == {status: str(count) for status, count in content["counts"].items()}
    assert page.lines == [line for alarm in content["alarms"] for line in alarm["lines"][lang]]
    assert page.outside == []


def test_the_page_opens_without_network_narrow_dark_and_on_paper(
    lived: Lived, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "watch.html"
    path.write_text(page_of(lived.made[WATCHED[-1]].content, "ab" * 32, "zh"), encoding="utf-8")
    faults: list[str] = []
    for width, scheme in ((390, "dark"), (1100, "light")):
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("requestfailed", lambda request: faults.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("h1").inner_text().startswith("监测报告")
        assert page.locator(".synthetic").is_visible()
        assert len(page.pdf()) > 10_000
        context.close()
    assert faults == []


def test_the_benchmark_of_loan_books_sees_the_early_signs_of_the_watch(lived: Lived) -> None:
    """Of everything and by part; labels and industries, PDs and banks' own names apart. Without these the chances of parts are adjusted over fewer."""
    period = loan_books.period_of(loan_books.read_book(lived.county), Quarter(2018, 2))
    kinds = ("whole", "township", "purpose", "bank")
    ours = {
        (it.id, it.about.kind, it.about.id): (number(it.value), it.n, it.reference_n, number(it.p))
        for it in [*early.figures(period), *excess.figures(period)]
    }
    theirs = {
        (it["id"], it["about"]["kind"], it["about"]["id"]): (it["value"], it["n"], it["reference_n"], it["p"])
        for it in lived.made[date(2018, 7, 31)].content["figures"]
        if it["group"] == "early" and it["about"]["kind"] in kinds and it["n"] is not None
    }
    assert {kind for _, kind, _ in theirs} == set(kinds)
    parts = {key for key in theirs if key[0] == excess.FIGURE and key[1] != "whole"}
    assert {key: ours[key] for key in set(theirs) - parts} == {key: theirs[key] for key in set(theirs) - parts}
    assert {key: ours[key][:3] for key in parts} == {key: theirs[key][:3] for key in parts}


def test_the_command_makes_shows_and_lists(lived: Lived, tmp_path: Path) -> None:
    app = typer.Typer()
    command.register(app, lambda: lived.parts)
    app.command("other")(lambda: None)
    on, out = WATCHED[-1].isoformat(), tmp_path / "page.html"
    shown_again = CliRunner().invoke(app, ["watch", "--on", on, "--lang", "en"])
    assert shown_again.exit_code == 0, shown_again.output
    assert "is there already" in shown_again.output
    assert "Red: stability index of a feature" in shown_again.output
    paged = CliRunner().invoke(app, ["watch", "show", "--on", on, "--html", str(out)])
    assert paged.exit_code == 0, paged.output
    assert lived.made[WATCHED[-1]].report.sha256 in out.read_text(encoding="utf-8")
    listed = CliRunner().invoke(app, ["watch", "list"])
    assert all(day.isoformat() in listed.output for day in WATCHED)
    assert CliRunner().invoke(app, ["watch"]).exit_code == 2


def _about(content, level):  # type: ignore[no-untyped-def]
    return {one for it in content["alarms"] if it["level"] == level for one in it["about"]["ids"]}
