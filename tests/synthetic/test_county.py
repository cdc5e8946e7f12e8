"""The invented county as files: complete, valid, repeatable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars
import pytest

from feature_store.synthetic.county import FolderNotEmpty, PoliciesDisagree
from feature_store.synthetic.places import TooManyHouseholds
from scoring.policy import codes


def contents(folders: list[Path]) -> dict[str, bytes]:
    return {f"{folder.name}/{file.name}": file.read_bytes() for folder in folders for file in sorted(folder.iterdir())}


def test_every_value_written_is_one_the_policy_reads(small_csv, policy_2017, policy_2021, text, sidecar):
    seen = set()
    for folder in small_csv:
        policy = policy_2021 if folder.name >= "2021-04" else policy_2017
        for source in policy.sources:
            for file in folder.glob(f"{source.id}*.csv"):
                if sidecar(file)["source"] != source.id:
                    continue
                frame = text(file)
                for item in policy.indicators:
                    if item.source == source.id:
                        seen.add(item.id)
                        for cell in frame[item.column].unique():
                            assert codes.read(item, cell or "") is not None, (file, item.id)
    assert len(seen) == 144


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_same_seed_and_size_give_the_same_bytes(writes, tmp_path, format):
    first = contents(writes(tmp_path / "a", format=format, rounds=3))
    assert first == contents(writes(tmp_path / "b", format=format, rounds=3))
    assert first != contents(writes(tmp_path / "c", format=format, rounds=3, seed=8))


def test_fewer_rounds_are_the_beginning_of_all_rounds(writes, tmp_path, small_csv):
    some = contents(writes(tmp_path / "some", rounds=4))
    assert some == {name: data for name, data in contents(small_csv).items() if name in some}


def test_seventeen_rounds_are_named_by_the_day_they_are_recorded(small_csv, sidecar):
    names = [folder.name for folder in small_csv]
    assert (len(names), names[0], names[3], names[-1]) == (17, "2017-04-10", "2018-01-10", "2021-04-10")
    for folder in small_csv:
        for file in folder.glob("*.csv"):
            assert sidecar(file)["observed_on"] < date.fromisoformat(folder.name)


@pytest.mark.parametrize(("households", "villages"), [(1, 19), (300, 106), (999, 352), (1000, 352), (10_000, 352)])
def test_there_are_always_19_townships_and_villages_in_proportion(writes, tmp_path, households, villages, text):
    (folder,) = writes(tmp_path / "county", households=households, rounds=1)
    areas, register = text(folder / "areas.csv"), text(folder / "households.csv")
    kinds = dict(areas.group_by("kind").len().iter_rows())
    assert kinds == {"county": 1, "township": 19, "village": villages}
    assert areas["name_zh"].n_unique() == areas["code"].n_unique() == areas.height
    assert register.height == register["household_id"].n_unique() == households
    assert set(register["village_code"]) <= set(areas["code"])
    assert register["household_id"].str.contains(r"^411299\d{6}-\d{4}$").all()
    parents = areas.filter(polars.col("kind") != "county")
    assert set(parents["parent"]) <= set(areas["code"])
    assert parents.select(polars.col("code").str.starts_with(polars.col("parent")).all()).item()


def test_full_rows_list_every_household_and_say_the_same_as_the_short_lists(
    writes, tmp_path, policy_2017, sidecar, round_codes
):
    asked = {"households": 2000, "format": "parquet", "rounds": 1}
    (short,) = writes(tmp_path / "short", **asked)
    (full,) = writes(tmp_path / "full", **asked, full_rows=True)
    for source in policy_2017.sources:
        table = full / f"{source.id}.parquet"
        assert sidecar(table)["coverage"] == "listed"
        assert polars.scan_parquet(table).select(polars.len()).collect().item() == 2000
    assert (round_codes(short, policy_2017)[1] == round_codes(full, policy_2017)[1]).all()


def test_a_folder_that_holds_something_is_not_touched(writes, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(FolderNotEmpty, match="empty"):
        writes(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("asked", [{"households": 0}, {"rounds": 0}, {"format": "xlsx"}])
def test_an_impossible_county_is_refused(writes, tmp_path, asked):
    with pytest.raises(ValueError, match="ask for"):
        writes(tmp_path / "county", **asked)


def test_more_households_than_ids_can_number_are_refused(writes, tmp_path):
    with pytest.raises(TooManyHouseholds, match="fewer"):
        writes(tmp_path / "county", households=4_000_000)


def test_policies_that_disagree_about_an_indicator_are_refused(writes, tmp_path, policy_2021):
    first = policy_2021.indicators[0]
    other = replace(policy_2021, indicators=(replace(first, kind="count"), *policy_2021.indicators[1:]))
    with pytest.raises(PoliciesDisagree, match=first.id):
        writes(tmp_path / "county", policy_2021=other)


def test_progress_rises_to_one(writes, tmp_path):
    told = []
    writes(tmp_path / "county", rounds=2, progress=lambda what, done: told.append((what, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert told[0][0].startswith("2017-04-10 ")
