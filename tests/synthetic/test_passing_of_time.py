"""Quarters pass: values persist, episodes end, poverty is lifted, files come late and are put right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars
import pytest

from feature_store.synthetic.rounds import due, month_end, rounds


def folder(folders: list[Path], name: str) -> Path:
    return next(path for path in folders if path.name == name)


def test_three_to_eight_of_100_values_change_in_a_year(big_parquet, policy_2017):
    before, after, same = folder(big_parquet, "2018-04-10"), folder(big_parquet, "2019-04-10"), []
    for source in policy_2017.sources:
        if source.clear:
            continue
        names = [item.column for item in policy_2017.indicators if item.source == source.id]
        both = polars.read_parquet(before / f"{source.id}.parquet", columns=["household_id", *names]).join(
            polars.read_parquet(after / f"{source.id}.parquet", columns=["household_id", *names]), on="household_id"
        )
        same += [
            both.select((polars.col(name).eq_missing(polars.col(f"{name}_right"))).mean()).item() for name in names
        ]
    assert 0.03 <= 1 - np.mean(same) <= 0.08


def test_yearly_sources_file_in_spring_and_the_others_every_quarter(big_parquet, policy_2017):
    assert {source.id for source in policy_2017.sources if not due(policy_2017, source.id, spring=False)} == {
        "natural_resources", "civil_affairs", "village", "township", "social_security", "agriculture"
    }  # fmt: skip
    for at, path in zip(rounds(), big_parquet, strict=True):
        assert (path / "township.parquet").exists() == at.spring
        assert (path / "bank.parquet").exists()


def test_clearing_sources_name_only_households_with_something_to_report(big_parquet, sidecar):
    table = big_parquet[5] / "police.parquet"
    frame = polars.read_parquet(table)
    assert sidecar(table) == {
        "source": "police", "observed_on": date(2018, 6, 30), "coverage": "complete", "areas": ["411299"]
    }  # fmt: skip
    assert 0.02 < frame.height / 20_000 < 0.30
    said = [(frame[name].cast(polars.String).is_in(["none", "0", "false"])).to_numpy() for name in frame.columns[1:]]
    assert not np.all(said, axis=0).any()


def test_open_episodes_end_on_a_day_and_new_ones_begin(big_parquet):
    tables = [
        polars.read_parquet(path / "court.parquet", columns=["household_id", "enforcement_open"])
        for path in big_parquet
    ]
    first, last = tables[0], tables[-1]
    was_open = first.filter(polars.col("enforcement_open") == "open")["household_id"]
    later = last.filter(polars.col("household_id").is_in(was_open.to_list()))["enforcement_open"]
    assert later.str.contains(r"^20(17|18|19|20|21)-\d\d-\d\d$").any()
    begun = last.filter(polars.col("enforcement_open") == "open")
    assert begun.join(first, on="household_id", how="anti").height > 0


def test_no_episode_ended_after_the_day_it_was_reported_or_five_years_before(big_parquet):
    for at, path in zip(rounds(), big_parquet, strict=True):
        for name in ("criminal_penalty", "gambling_penalty"):
            ended = polars.read_parquet(path / "police.parquet")[name].str.to_date(strict=False).drop_nulls()
            assert ended.len() > 0
            assert ended.max() <= at.observed_on
            assert (at.observed_on - ended.min()).days <= 5 * 365


def test_everybody_registered_is_lifted_by_the_end_of_2020(big_parquet):
    def shares(path: Path) -> dict[str, float]:
        status = polars.read_parquet(path / "poverty_office.parquet")["poverty_status"].drop_nulls()
        return dict(status.value_counts(normalize=True).iter_rows())

    first, middle, last = shares(big_parquet[0]), shares(folder(big_parquet, "2019-04-10")), shares(big_parquet[-1])
    assert first["registered"] == pytest.approx(0.1523, abs=0.003)
    assert "lifted" not in first
    assert 0.04 < middle["registered"] < 0.09
    assert "registered" not in last
    assert last["lifted"] > 0.12
    assert 0.01 < last["marginal"] < 0.03


def test_a_late_filing_is_true_a_quarter_earlier_and_was_not_in_the_main_file(big_parquet, sidecar):
    table = big_parquet[3] / "bank_late.parquet"
    assert sidecar(table) == {"source": "bank", "observed_on": date(2017, 9, 30), "coverage": "listed"}
    late = set(polars.read_parquet(table)["household_id"])
    main = set(polars.read_parquet(big_parquet[2] / "bank.parquet")["household_id"])
    assert 100 < len(late) < 300
    assert not late & main


@pytest.mark.parametrize("source", ["bank", "village"])
def test_a_corrected_filing_has_the_same_day_and_other_values(big_parquet, sidecar, source):
    wrong, right = big_parquet[0] / f"{source}.parquet", big_parquet[1] / f"{source}_corrected.parquet"
    assert sidecar(right)["observed_on"] == sidecar(wrong)["observed_on"]
    assert sidecar(right)["coverage"] == "listed"
    corrected = polars.read_parquet(right)
    filed = corrected.select("household_id").join(polars.read_parquet(wrong), on="household_id", maintain_order="left")
    assert filed.height == corrected.height > 20
    assert all(one != other for one, other in zip(filed.iter_rows(), corrected.iter_rows(), strict=True))


def test_what_a_complete_list_left_out_is_named_a_round_later(big_parquet, sidecar):
    named = polars.concat([polars.read_parquet(path / "court.parquet") for path in big_parquet[1:2]])["household_id"]
    corrected = polars.read_parquet(big_parquet[2] / "court_corrected.parquet")
    assert sidecar(big_parquet[2] / "court_corrected.parquet")["observed_on"] == date(2017, 6, 30)
    assert corrected.height > 0
    assert not set(corrected["household_id"]) & set(named)


def test_assessed_rows_carry_evidence_two_assessors_and_an_expiry_past_the_next_filing(big_parquet):
    for source in ("village", "township"):
        frame = polars.read_parquet(big_parquet[0] / f"{source}.parquet")
        assert frame["evidence_id"].n_unique() == frame.height
        assert (frame["assessor_1"] != frame["assessor_2"]).all()
        assert frame["valid_until"].to_list() == [date(2018, 6, 30)] * frame.height


def test_ages_rise_by_one_a_year(big_parquet):
    one, two = (
        polars.read_parquet(
            folder(big_parquet, f"{year}-04-10") / "village.parquet", columns=["household_id", "borrower_age"]
        )
        for year in (2019, 2020)
    )
    grown = (
        one.join(two, on="household_id")
        .drop_nulls()
        .select(polars.col("borrower_age_right") - polars.col("borrower_age"))
    )
    assert (grown.to_series() == 1).mean() > 0.98


@pytest.mark.parametrize(("year", "month", "day"), [(2020, 2, 29), (2019, 2, 28), (2018, 12, 31), (2017, 6, 30)])
def test_month_ends(year, month, day):
    assert month_end(year, month) == date(year, month, day)
