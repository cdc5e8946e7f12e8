"""A county lived through: every quarter of four years closes by itself, once, and sees nothing that came later."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import lushi
from feature_store.adapters.store import AtWork
from feature_store.quarter import Quarter, QuarterUnusable
from scoring.canonical import canonical, sha256
from serving.county.grade_county import grade_county
from serving.quarter.freshness import SourcesMissing
from serving.quarter.run import StepSpoiled, run_quarter
from serving.quarter.step import NothingTrained, Progress
from serving.wiring import Parts
from tests.serving.quarter.lived import KILLED, Lived, nothing, untrained

YEARS = [Quarter(year, number) for year in (2018, 2019, 2020, 2021) for number in (1, 2, 3, 4)]
STEPS = ["freshness", "register", "areas", "outcomes", "retrain", "gate", "summary"]
FIRST = YEARS[0]


@pytest.fixture(scope="module")
def lived(make_life: Callable[..., Lived]) -> Lived:
    """The county after its four years, each quarter closed when its books closed."""
    lived = make_life()
    for quarter in YEARS:
        found = lived.live(quarter)
        assert (found.anew, [step.name for step, _ in found.steps]) == (len(STEPS), STEPS), quarter
    return lived


@pytest.fixture(scope="module")
def results(lived: Lived) -> dict[Quarter, dict[str, Any]]:
    """Every step's result by quarter and step."""
    return {one: {name: json.loads(it) for name, it in lived.recorded(one).items()} for one in YEARS}


def test_every_quarter_of_four_years_closes_unattended(results: dict[Quarter, dict[str, Any]]) -> None:
    for quarter, found in results.items():
        assert found["freshness"]["known_at"] == quarter.closing.isoformat()
        assert found["freshness"]["missing"] == []
        newest = {it["newest"] for it in found["freshness"]["sources"] if it["cycle"] == "quarter"}
        assert newest == {quarter.end.isoformat()}
        assert found["register"]["on"] == found["areas"]["on"] == quarter.end.isoformat()
        assert found["register"]["synthetic"] is True
        assert found["summary"]["known_at"] == quarter.closing.isoformat()
    policies = [found["freshness"]["policy"] for found in results.values()]
    assert policies == ["lushi_2017_04_01"] * 12 + ["lushi_2021_03_01"] * 4
    # So few households have too few bad loans: at first nothing can be trained, and then nothing passes the gate.
    trained = [quarter for quarter, found in results.items() if found["retrain"]["trained"]]
    assert len(trained) >= 10
    assert all(results[quarter]["gate"]["verdict"] == "refuse" for quarter in trained)
    assert all(found["retrain"]["why"] for quarter, found in results.items() if quarter not in trained)


def test_outcomes_only_ever_come_to_be_known(results: dict[Quarter, dict[str, Any]]) -> None:
    before: dict[str, Any] = {}
    for quarter, found in results.items():
        rows = {it["vintage"]: it for it in found["outcomes"]["vintages"]}
        assert sum(it["loans"] for it in rows.values()) == found["outcomes"]["loans"]
        for name, row in rows.items():
            assert row["loans"] == sum(row[it] for it in ("good", "bad", "indeterminate", "immature"))
            if name in before and before[name]["matured"]:
                assert row == before[name], (quarter, name)
        before = rows


def test_households_that_moved_add_up(results: dict[Quarter, dict[str, Any]]) -> None:
    for before, quarter in itertools.pairwise(YEARS):
        register, last = results[quarter]["register"], results[before]["register"]
        assert register["previous_quarter"] == str(before)
        moved = register["moved"]
        assert sum(moved.values()) == register["households"] == 500
        if results[quarter]["freshness"]["policy"] == results[before]["freshness"]["policy"]:
            assert moved["gained"] - moved["lost"] == register["status"]["graded"] - last["status"]["graded"]


def test_closed_twice_nothing_is_done_anew(lived: Lived) -> None:
    before = {quarter: lived.recorded(quarter) for quarter in YEARS}
    counts = [f"SELECT count(*) FROM {it}" for it in ("register_runs", "log_entries", "quarter_steps", "register")]
    rows = [lived.count(it) for it in counts]
    for quarter in YEARS[::5]:
        assert lived.close(quarter).anew == 0
    assert {quarter: lived.recorded(quarter) for quarter in YEARS} == before
    assert [lived.count(it) for it in counts] == rows
    assert lived.count("SELECT count(*) FROM register_runs") == len(YEARS)


def test_closed_years_later_a_quarter_is_what_it_was_then(make_life: Callable[..., Lived], lived: Lived) -> None:
    later = make_life()
    later.until(datetime(2022, 6, 1, tzinfo=UTC))
    later.close(FIRST)
    assert later.recorded(FIRST) == lived.recorded(FIRST), "to the byte, though four years more are known"
    after = Quarter(2019, 4)
    later.close(after)
    now, then = later.recorded(after), lived.recorded(after)
    assert {name: now[name] for name in ("freshness", "areas", "outcomes")} == {
        name: then[name] for name in ("freshness", "areas", "outcomes")
    }
    hashes = [json.loads(it["retrain"])["model_sha256"] for it in (now, then)]
    assert hashes[0] == hashes[1]
    assert hashes[0]


def test_a_quarter_that_is_not_over_is_refused(make_life: Callable[..., Lived]) -> None:
    lived = make_life()
    lived.until(datetime(2018, 3, 31, 15, 59, tzinfo=UTC))
    with pytest.raises(QuarterUnusable, match="2018Q1 is not over"):
        lived.close(FIRST)
    assert lived.count("SELECT count(*) FROM quarter_steps") == 0


def test_before_the_books_close_the_first_step_fixes_what_is_known(make_life: Callable[..., Lived]) -> None:
    lived, early = make_life(), datetime(2018, 4, 12, tzinfo=UTC)
    lived.until(early)
    with pytest.raises(RuntimeError, match="broke off"):
        run_quarter(lived.parts, FIRST, train=untrained)
    assert set(lived.recorded(FIRST)) == set(STEPS[:4]), "what was done stays"
    lived.until(datetime(2018, 9, 1, tzinfo=UTC))
    found = lived.close(FIRST)
    assert found.anew == 3
    assert found.result("freshness")["books_closed"] is False
    assert found.result("summary")["known_at"] == early.isoformat()
    assert "by 2018-04-12" in found.result("retrain")["why"]


def test_two_cannot_close_at_once(make_life: Callable[..., Lived]) -> None:
    lived = make_life()
    lived.until(FIRST.closing)
    with lived.parts.store.alone("close a quarter"), pytest.raises(AtWork, match="wait until that has ended"):
        lived.close(FIRST)


def test_a_register_made_by_hand_is_another_one(until_killed: Lived, make_life: Callable[..., Lived]) -> None:
    lived = make_life(like=until_killed)
    lived.clock.moment = until_killed.clock.moment
    grade_county(lived.parts, KILLED.end)
    found = lived.close(KILLED, train=nothing)
    assert lived.count("SELECT count(*) FROM register_runs") == 2
    assert found.result("register")["previous_quarter"] is None


@pytest.fixture
def incomplete(life_folder: Path, tmp_path: Path) -> Path:
    """The county's first five rounds without what the police filed for the first quarter of 2018."""
    folder = tmp_path / "county"
    for one in sorted(life_folder.iterdir())[:5]:
        shutil.copytree(one, folder / one.name)
    for path in (folder / "2018-04-10").glob("police.parquet*"):
        shutil.move(path, tmp_path / path.name)
    return folder


def test_a_source_that_has_not_filed_stops_the_quarter_until_it_is_told_to_go_on(
    make_life: Callable[..., Lived], incomplete: Path
) -> None:
    lived = make_life(incomplete)
    lived.until(FIRST.closing + timedelta(hours=9))
    with pytest.raises(SourcesMissing) as refused:
        lived.close(FIRST)
    (said,) = refused.value.missing
    assert "公安机关 Police (police, each quarter) last filed as of 2017-12-31" in said
    assert "--go-on" in str(refused.value)
    assert lived.recorded(FIRST) == {}, "nothing is recorded, so it can be mended"
    found = lived.close(FIRST, train=nothing, go_on=True)
    assert found.result("freshness")["missing"] == ["police"]
    assert "1 of 12 sources have not filed: police" in json.dumps(found.result("summary"))


def test_what_was_filed_after_the_books_closed_is_told_as_too_late(
    make_life: Callable[..., Lived], incomplete: Path
) -> None:
    lived = make_life(incomplete)
    lived.until(FIRST.closing + timedelta(hours=9))
    late = incomplete.parent / "2018-05-10"
    late.mkdir()
    for path in incomplete.parent.glob("police.parquet*"):
        shutil.move(path, late / path.name)
    lived.life.rounds.append(late)
    lived.until(datetime(2018, 6, 1, tzinfo=UTC))
    with pytest.raises(SourcesMissing, match="filed on 2018-05-10, too late"):
        lived.close(FIRST)


def test_a_watch_is_a_step_of_its_own_before_the_summary(make_life: Callable[..., Lived], until_killed: Lived) -> None:
    asked = []

    def watch(parts: Parts, quarter: Quarter, known_at: datetime, progress: Progress) -> dict[str, Any]:
        asked.append((quarter, known_at))
        return {"alarms": [{"level": "red"}, {"level": "amber"}]}

    lived = make_life(like=until_killed)
    lived.clock.moment = until_killed.clock.moment
    found = lived.close(KILLED, train=nothing, watch=watch)
    assert [step.name for step, _ in found.steps] == [*STEPS[:-1], "watch", "summary"]
    assert asked == [(KILLED, KILLED.closing)]
    summary = found.result("summary")
    assert summary["lines"][-1]["en"] == "2 alarms of the watch, 1 of them red"
    assert summary["steps"]["watch"] == sha256(canonical(found.result("watch")))
    assert lived.close(KILLED, watch=watch).anew == 0
    assert len(asked) == 1
    # Closed without a watch, a quarter stays as it is, whatever is built later.
    other = make_life(like=until_killed)
    other.clock.moment = until_killed.clock.moment
    other.close(KILLED, train=nothing)
    assert other.close(KILLED, watch=watch).anew == 0


def test_a_step_that_was_changed_is_noticed(make_life: Callable[..., Lived], until_killed: Lived) -> None:
    lived = make_life(like=until_killed)
    lived.clock.moment = until_killed.clock.moment
    with pytest.raises(RuntimeError, match="broke off"):
        run_quarter(lived.parts, KILLED, train=untrained)
    with lived.parts.store.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE quarter_steps SET result = '{}' WHERE step = 'register'")
    with pytest.raises(StepSpoiled, match="step 'register' of 2018Q4"):
        lived.close(KILLED)


def test_training_is_asked_for_no_more_than_was_known(make_life: Callable[..., Lived], until_killed: Lived) -> None:
    lived = make_life(like=until_killed)
    lived.clock.moment = KILLED.closing + timedelta(days=400)
    asked = []

    def train(parts: Parts, quarter: Quarter, known_at: datetime, progress: Progress) -> lushi.Kept:
        asked.append(known_at)
        raise NothingTrained("too few loans")

    found = lived.close(KILLED, train=train)
    assert asked == [KILLED.closing]
    assert found.result("retrain") == {"trained": False, "version": None, "model_sha256": None, "why": "too few loans"}
    assert found.result("gate") == {"verdict": None, "reasons": [], "promote": None, "stands": None}
