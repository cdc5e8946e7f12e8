"""The county's challenger: trained on what was known, once per quarter, beside the one that advises."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from feature_store.adapters import promotions
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.store import AtWork, Store
from feature_store.feature_set import FeatureSet
from feature_store.quarter import Quarter, QuarterUnusable, read_quarter
from scoring.policy.in_force import Policies
from tests.training_data.conftest import END
from training.cohort import NothingToTrain
from training.commands import register
from training.county import Asked, County, _standing, retrain, train_county
from training.previous import PreviousUnusable
from training.tracking import Kept, Record, metrics_of
from training.trained import Trained

Q1 = Quarter(2021, 1)
AFTER = datetime(2022, 1, 3, tzinfo=UTC)


def _quiet(step: str) -> None:
    """No display."""


@pytest.fixture(scope="module")
def county(
    imported: Store, policies: Policies, features: FeatureSet, tmp_path_factory: pytest.TempPathFactory
) -> County:
    return County(imported, policies, features, Record(tmp_path_factory.mktemp("mlruns")), lambda: END)


@pytest.fixture(scope="module")
def first(county: County) -> tuple[Trained | None, Kept]:
    return retrain(county, Asked(), Q1, again=False, progress=_quiet)


def test_a_quarter_is_trained_once(county: County, first: tuple[Trained | None, Kept]) -> None:
    trained, kept = first
    assert trained is not None
    assert (kept.version, kept.verdict) == ("1", trained.gate.verdict)
    assert Path(kept.card, "card.html").is_file()
    nothing, same = retrain(county, Asked(), Q1, again=False, progress=_quiet)
    assert nothing is None
    assert same == kept


def test_trained_anew_it_is_the_same_model_with_the_same_figures(
    county: County, first: tuple[Trained | None, Kept]
) -> None:
    trained, kept = first
    again, other = retrain(county, Asked(), Q1, again=True, progress=_quiet)
    assert trained is not None
    assert again is not None
    assert (other.version, other.run_id != kept.run_id) == ("2", True)
    assert again.model_sha256 == trained.model_sha256
    assert again.data_sha256 == trained.data_sha256
    assert again.figures == trained.figures
    figures = {name: value for name, value in metrics_of(county.record, other.run_id).items() if "seconds" not in name}
    assert figures == trained.figures


def test_a_quarter_sees_what_was_known_when_its_books_closed(county: County) -> None:
    later = replace(county, now=lambda: AFTER)
    early, kept = retrain(later, Asked(register=False), Quarter(2019, 4), again=True, progress=_quiet)
    assert early is not None
    assert kept.version is None
    assert early.table.source["known_at"] == "2020-01-30T15:59:59.999999+00:00"
    assert early.table.dates is not None
    assert str(early.table.dates.max()) <= "2018-12-31"
    again, _ = retrain(
        replace(county, now=lambda: END), Asked(register=False), Quarter(2019, 4), again=True, progress=_quiet
    )
    assert again is not None
    assert again.data_sha256 == early.data_sha256


def test_the_challenger_that_advises_is_a_rival(
    county: County, first: tuple[Trained | None, Kept], imported: Store
) -> None:
    trained, kept = first
    assert trained is not None
    with imported.engine.begin() as connection:
        move = Promotion("promotion", "1", trained.model_sha256, None, "a", "b", "why", END)
        promotions.record(connection, move)
    beside, _ = train_county(county, Asked(register=False), progress=_quiet)
    assert beside.verdicts["previous"] == "not significant"
    assert beside.figures["rival.previous.auc"] == trained.figures["overall.auc"]
    alone, _ = train_county(county, Asked(register=False, previous=False), progress=_quiet)
    assert "previous" not in alone.verdicts
    model = Path(kept.card).with_name("model") / "model.txt"
    model.write_text("tree", encoding="utf-8")
    try:
        with pytest.raises(PreviousUnusable, match="--no-previous"):
            train_county(county, Asked(register=False), progress=_quiet)
    finally:
        model.write_bytes(trained.model_text.encode())


def test_who_advised_is_looked_up_as_of_the_time() -> None:
    moves = [
        Promotion("promotion", "1", "", None, "a", "b", "c", datetime(2020, 1, 1, tzinfo=UTC)),
        Promotion("promotion", "2", "", "1", "a", "b", "c", datetime(2021, 1, 1, tzinfo=UTC)),
    ]
    assert _standing(moves, datetime(2019, 1, 1, tzinfo=UTC)) is None
    assert [_standing(moves, datetime(year, 6, 1, tzinfo=UTC)) for year in (2020, 2021)] == moves


def test_two_do_not_train_at_once(county: County) -> None:
    with (
        county.store.alone("train the county's challenger"),
        pytest.raises(AtWork, match="wait until that has ended"),
    ):
        train_county(county, Asked(), progress=_quiet)
    with county.store.alone("train the county's challenger"):
        pass  # the lock was let go


def test_a_time_without_matured_loans_is_told_as_such(county: County) -> None:
    with pytest.raises(NothingToTrain, match="no loan known by 2017-07-30 can be judged"):
        retrain(county, Asked(), Quarter(2017, 2), again=False, progress=_quiet)
    with pytest.raises(NothingToTrain, match="no approved policy binds by 2017-01-30"):
        retrain(county, Asked(), Quarter(2016, 4), again=False, progress=_quiet)


@pytest.mark.parametrize("written", ["2021", "2021Q5", "21Q1", "Q1 2021", ""])
def test_a_quarter_is_written_one_way(written: str) -> None:
    with pytest.raises(QuarterUnusable, match="2021Q1"):
        read_quarter(written)


def test_a_quarter_ends_and_its_books_close() -> None:
    assert [Quarter(2020, it).end.isoformat() for it in (1, 2, 3, 4)] == [
        "2020-03-31",
        "2020-06-30",
        "2020-09-30",
        "2020-12-31",
    ]
    assert read_quarter(" 2021q1 ") == Q1
    assert Q1.closed(END) == END
    assert Q1.closed(AFTER) == datetime(2021, 4, 30, 15, 59, 59, 999999, tzinfo=UTC)
    with pytest.raises(QuarterUnusable, match="is not over"):
        Quarter(2021, 2).closed(END)
    # In the county the last day is over eight hours before it is in Greenwich.
    assert Q1.closed(datetime(2021, 3, 31, 16, tzinfo=UTC))
    with pytest.raises(QuarterUnusable):
        Q1.closed(datetime(2021, 3, 31, 15, 59, tzinfo=UTC))


def test_the_commands_say_the_verdict_and_end_with_its_code(county: County, tmp_path: Path) -> None:
    app = typer.Typer()
    register(app, lambda: county.record, county.now, county=lambda: county)
    call = CliRunner().invoke
    # 1,500 households have too few bad loans to learn from: the gate refuses.
    trained = call(app, ["train", "--no-register", "--judged-from", "2019-07-01", "--out", str(tmp_path / "out")])
    assert trained.exit_code == 3, trained.output
    assert "too few bads" in trained.output
    figures = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert figures["source"]["policy"] == "lushi_2021_03_01"
    assert (tmp_path / "out" / "card" / "card.html").is_file()
    again = call(app, ["retrain", "--quarter", "2021Q1"])
    assert again.exit_code == 3, again.output
    assert "was trained already" in again.output
    assert call(app, ["retrain"]).exit_code == 2
    assert call(app, ["train", "table"]).exit_code == 2


def test_the_day_from_which_loans_judge_can_be_given(county: County) -> None:
    trained, _ = train_county(county, Asked(date(2019, 10, 1), register=False), progress=_quiet)
    assert trained.figures["judged.rows"] < 0.25 * trained.figures["data.rows"]


def test_work_that_has_ended_is_free_at_once_for_the_next(county: County) -> None:
    for _ in range(50):
        with county.store.alone("one after the other"):
            pass
