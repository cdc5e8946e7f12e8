"""What a county lives through: the usual one to the byte as ever, the others the same but for their cause."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars
import pytest

from feature_store.synthetic.scenarios import UnknownScenario, names, scenario
from scoring.policy import codes
from tests.synthetic.test_command import run

USUAL = "10b666dac8a3ba4ff689880bd17a60d0d6e2dfa749ce51684f803aaa188483a1"
"""Of the usual county's 300 households of seed 7 in 17 rounds, its truth left out."""
PLANTED = ("feature_break", "concept_change")
LATE = 30


def contents(folders: list[Path]) -> dict[str, bytes]:
    return {f"{folder.name}/{file.name}": file.read_bytes() for folder in folders for file in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def counties(writes, tmp_path_factory) -> dict[str, list[Path]]:
    """The same 20,000 households under every scenario, until the end of 2021."""
    asked = {"households": 20_000, "seed": 3, "format": "parquet", "rounds": 20}
    folder = tmp_path_factory.mktemp("scenarios")
    return {name: writes(folder / name, lives_through=name, **asked) for name in names()}


@pytest.fixture(scope="module")
def loans(counties) -> dict[str, polars.DataFrame]:
    """Loans with their true chance, vintage, and whether they were 30 days late within six months, by scenario."""
    found = {}
    for name, folders in counties.items():
        made = polars.concat([polars.read_parquet(path / "loans.parquet") for path in folders])
        months = polars.concat([polars.read_parquet(path / "loan_months.parquet") for path in folders])
        truth = polars.read_parquet(folders[0].parent / "truth" / "true_pd.parquet")
        young = months.join(made, on="loan_id").filter(
            polars.col("month_end") <= polars.col("disbursed_on").dt.offset_by("6mo")
        )
        worst = young.group_by("loan_id").agg(polars.max("days_past_due"))
        found[name] = (
            made.join(truth, on="loan_id")
            .join(worst, on="loan_id", how="left")
            .with_columns(late=polars.col("days_past_due").fill_null(0) >= LATE)
        )
    return found


def between(frame: polars.DataFrame, first: str, last: str) -> polars.DataFrame:
    return frame.filter(
        polars.col("disbursed_on").is_between(polars.lit(first).str.to_date(), polars.lit(last).str.to_date())
    )


def test_the_usual_county_is_to_the_byte_what_it_was_before_there_were_scenarios(small_csv):
    county = small_csv[0].parent
    digest = hashlib.sha256()
    for name, data in sorted(contents(small_csv).items()):
        digest.update(f"{name}\0".encode() + data)
    assert digest.hexdigest() == USUAL
    assert {path.name for path in (county / "truth").iterdir()} == {".not_for_import", "true_pd.parquet"}


def test_what_banks_file_otherwise_is_all_that_differs_from_a_quiet_county(counties):
    quiet, broken = contents(counties["quiet"]), contents(counties["feature_break"])
    differ = {name for name in quiet if quiet[name] != broken[name]}
    assert sorted(quiet) == sorted(broken)
    assert {name.split("/")[1].split(".")[0].split("_")[0] for name in differ} == {"bank"}
    assert {name.split("/")[0] for name in differ} == {path.name for path in counties["quiet"][11:]}


def test_banks_add_their_shift_within_the_range_and_never_to_a_missing_value(counties, policy_2017):
    otherwise = scenario("feature_break").filed_otherwise
    assert otherwise is not None
    item = next(it for it in policy_2017.indicators if it.id == otherwise.indicator)
    for number in (11, 15, 19):
        quiet, broken = (
            polars.read_parquet(counties[name][number] / "bank.parquet")[item.column]
            for name in ("quiet", "feature_break")
        )
        assert quiet.null_count() == broken.null_count() > 0
        assert (broken.drop_nulls() == (quiet.drop_nulls() + otherwise.add).clip(item.low, item.high)).all()
        assert all(codes.read(item, str(value)) is not None for value in broken.drop_nulls().unique())
    # A late filing of the quarter before states what was true then, as banks counted then.
    late = [polars.read_parquet(counties[name][11] / "bank_late.parquet") for name in ("quiet", "feature_break")]
    assert late[0].equals(late[1])


@pytest.mark.parametrize("name", PLANTED)
def test_a_county_is_quiet_until_its_cause_begins(counties, name):
    quiet, planted = contents(counties["quiet"][:10]), contents(counties[name][:10])
    assert quiet == planted


@pytest.mark.parametrize("name", ["usual", "shock", "concept_change"])
def test_what_sources_file_does_not_depend_on_why_loans_fail(counties, name):
    def filed(folders: list[Path]) -> dict[str, bytes]:
        return {file: data for file, data in contents(folders).items() if "/loan" not in file}

    assert filed(counties["quiet"]) == filed(counties[name])


def test_a_quiet_countys_chances_do_not_move(loans):
    by_year = loans["quiet"].group_by(polars.col("disbursed_on").dt.year()).agg(polars.mean("true_pd"))["true_pd"]
    assert by_year.max() / by_year.min() < 1.12
    usual = loans["usual"].group_by(polars.col("disbursed_on").dt.year()).agg(polars.mean("true_pd"))["true_pd"]
    assert usual.max() / usual.min() > 1.25


def test_the_shock_hits_four_townships_and_nothing_else(loans):
    township = polars.col("household_id").str.slice(0, 9)
    means = {
        name: between(loans[name], "2020-01-01", "2020-06-30").group_by(township=township).agg(polars.mean("true_pd"))
        for name in ("quiet", "shock")
    }
    both = means["quiet"].join(means["shock"], on="township")
    rises = (both["true_pd_right"] / both["true_pd"]).sort(descending=True)
    assert rises[3] > 1.3
    assert rises[4] < 1.25


def test_new_causes_move_the_failures_into_groups_that_were_safe(loans):
    changed = loans["concept_change"]
    before, after = between(changed, "2018-01-01", "2019-06-30"), between(changed, "2019-07-01", "2021-06-30")
    assert 1.0 < after["true_pd"].mean() / before["true_pd"].mean() < 1.25, "about the same rate, or rising"
    safe, risky = (
        polars.col("purpose").is_in(["planting", "forestry"]),
        polars.col("purpose").is_in(["rural_trade", "rural_tourism"]),
    )
    assert after.filter(safe)["true_pd"].mean() > 1.7 * before.filter(safe)["true_pd"].mean()
    assert after.filter(risky)["true_pd"].mean() < 0.6 * before.filter(risky)["true_pd"].mean()
    # Whoever looks early sees it: more of the safe are a month late within half a year.
    assert after.filter(safe)["late"].mean() > 1.3 * before.filter(safe)["late"].mean()
    assert after.filter(risky)["late"].mean() < before.filter(risky)["late"].mean()


def test_three_rounds_more_go_on_where_seventeen_end(writes, tmp_path, small_csv):
    longer = writes(tmp_path / "county", rounds=20)
    assert contents(longer[:17]) == contents(small_csv)
    assert [path.name for path in longer[17:]] == ["2021-07-10", "2021-10-10", "2022-01-10"]
    with pytest.raises(ValueError, match="ask for"):
        writes(tmp_path / "other", rounds=21)


def test_a_scenario_that_there_is_not_is_refused_with_those_that_there_are(writes, tmp_path):
    with pytest.raises(UnknownScenario, match="usual, quiet, shock, feature_break, concept_change"):
        writes(tmp_path / "county", lives_through="war")
    result = run(str(tmp_path / "county"), "--households", "40", "--scenario", "war")
    assert result.exit_code == 2
    assert "quiet" in result.stderr
    assert not (tmp_path / "county").exists()


def test_the_command_writes_a_scenario(tmp_path):
    asked = ("--households", "40", "--rounds", "13", "--format", "parquet", "--scenario")
    for name in ("quiet", "feature_break"):
        assert run(str(tmp_path / name), *asked, name).exit_code == 0
    last = [polars.read_parquet(tmp_path / name / "2020-04-10" / "bank.parquet") for name in ("quiet", "feature_break")]
    assert not last[0].equals(last[1])
