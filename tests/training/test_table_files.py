"""Specs and tables as people write them: special codes, categories, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.faults import TableFaults
from training.read_data import read_data
from training.read_spec import read_spec
from training.spec import Folds, TrainBefore

ROOT = Path(__file__).parents[2]
SPEC = """name: shop
target: bad
id: id
group: person
date: day
train_before: 2020-01-01
exclude: [remark]
protected: [sex]
features:
  - {name: late, monotone: up, special: [-1, -2]}
  - {name: shop, dtype: category}
"""
DATA = """id,person,day,bad,remark,sex,late,shop
a,p,2019-01-01,0,x,f,-1,east
b,p,2019-02-01,1,y,m,3,west
c,q,2020-02-01,0,z,f,,
"""


def _read(folder: Path, spec: str = SPEC, data: str = DATA) -> object:
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    (folder / "data.csv").write_text(data, encoding="utf-8")
    return read_data(folder / "data.csv", read_spec(folder / "spec.yaml"))


def test_special_codes_become_columns_of_their_own(tmp_path: Path) -> None:
    table = _read(tmp_path)
    assert [it.name for it in table.features] == ["late", "late=-1", "late=-2", "shop"]  # type: ignore[attr-defined]
    expected = [[np.nan, 1, 0, 0], [3, 0, 0, 1], [np.nan, 0, 0, np.nan]]
    np.testing.assert_array_equal(table.matrix, expected)  # type: ignore[attr-defined]
    assert [it.monotone for it in table.features] == [1, 0, 0, 0]  # type: ignore[attr-defined]
    assert list(table.groups) == [0, 0, 1]  # type: ignore[attr-defined]
    assert list(table.segments["vintage"]) == ["2019Q1", "2019Q1", "2020Q1"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("target: bad", "target: late"), "uses the target column 'late' as a feature"),
        (("exclude: [remark]", "exclude: [remark, late]"), "both scores and excludes 'late'"),
        (("monotone: up", "monotone: sideways"), "monotone: sideways"),
        (("train_before: 2020-01-01", "folds: 1\nseed: 3"), "outside 2 to 20"),
        (
            ("train_before: 2020-01-01", "folds: 5\nseed: 3\ntrain_before: 2020-01-01"),
            "has both 'train_before' and 'folds'",
        ),
        (("train_before: 2020-01-01", "train_before: soon"), "not a day"),
        (("train_before: 2020-01-01\n", ""), "does not say how to judge"),
        (("dtype: category", "dtype: category, monotone: up"), "is a category with a direction"),
        (("name: shop, dtype", "name: late, dtype"), "lists the feature 'late' twice"),
        (("name: shop\n", "name: The Shop\n"), "not a model name"),
        (("target: bad", "target: bad\ncolour: red"), "unknown key 'colour'"),
        (("special: [-1, -2]", "special: [none]"), "not a number"),
        (("special: [-1, -2]", "special: [.nan]"), "not a number"),
        (("special: [-1, -2]", "special: [-1, -1]"), "gives 'late=-1' two meanings"),
        (("protected: [sex]", "protected: [bad]"), "gives the target column 'bad' to 'protected' too"),
        (("id: id", "id: bad"), "gives the target column 'bad' to 'id' too"),
    ],
)
def test_a_fault_of_the_spec_names_its_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(TableFaults) as refused:
        _read(tmp_path, spec=SPEC.replace(*change))
    assert says in str(refused.value)
    assert all(it.startswith("spec.yaml:") for it in refused.value.faults)


def test_all_faults_of_a_spec_come_at_once(tmp_path: Path) -> None:
    spec = (
        SPEC.replace("monotone: up", "monotone: x")
        .replace("dtype: category", "dtype: y")
        .replace("name: shop\n", "name: S\n")
    )
    with pytest.raises(TableFaults) as refused:
        _read(tmp_path, spec=spec)
    assert len(refused.value.faults) == 3


def test_all_faults_of_a_table_come_at_once_without_what_cells_hold(tmp_path: Path) -> None:
    data = DATA.replace("a,p,2019-01-01,0", "a,p,then,7").replace("b,p", "a,p").replace(",3,west", ",secret,west")
    with pytest.raises(TableFaults) as refused:
        _read(tmp_path, data=data)
    text = str(refused.value)
    for says in ("not a day", "neither 0 nor 1", "more than once", "not a number", "row 3, column 'late'"):
        assert says in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("remark", "comment", "column 'remark'"),
        ("a,p", ",p", "row 2, column 'id': the id is missing"),
        ("b,p", "b,", "row 3, column 'person': the group is missing"),
        ("2019-02-01", "2019-02-01x", "row 3, column 'day': the cell is not a day"),
        ("2019-02-01", "9999-12-31", "row 3, column 'day': the day is not within"),
        (",3,west", ",411299199001011234,west", "row 3, column 'late': the number is too great"),
        (",3,west", f",3,{'w' * 201}", "row 3, column 'shop': the text has more than"),
        (",", ";", "the cells stand apart by ';'"),
        ("late", "LATE", "that the spec does not name"),
        (",0,z", ",,z", "is missing"),
    ],
)
def test_columns_are_never_guessed(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(TableFaults, match=says):
        _read(tmp_path, data=DATA.replace(old, new))


def test_a_file_without_header_does_not_have_its_first_row_repeated(tmp_path: Path) -> None:
    with pytest.raises(TableFaults) as refused:
        _read(tmp_path, data="u1,张三,2019-01-01,0,x,f,411299199001011234,east\n")
    assert "张三" not in str(refused.value)
    assert "411299199001011234" not in str(refused.value)
    assert "column 'number 2'" in str(refused.value)


def test_special_codes_of_many_digits_keep_their_own_columns(tmp_path: Path) -> None:
    table = _read(tmp_path, spec=SPEC.replace("-1, -2", "1000000, 1000001"))
    assert [it.name for it in table.features][1:3] == ["late=1000000", "late=1000001"]  # type: ignore[attr-defined]


def test_a_day_may_carry_a_time(tmp_path: Path) -> None:
    table = _read(tmp_path, data=DATA.replace("2019-02-01", "2019-02-01T10:30:00+08:00"))
    assert str(table.dates[1]) == "2019-02-01"  # type: ignore[attr-defined]


def test_the_specs_of_the_real_sets_are_faultless_and_score_no_personal_status() -> None:
    taiwan = read_spec(ROOT / "benchmarks" / "specs" / "taiwan.yaml")
    assert taiwan.split == Folds(5, 42)
    assert not {it.name for it in taiwan.columns} & {"SEX", "EDUCATION", "MARRIAGE", "AGE"}
    superlender = read_spec(ROOT / "benchmarks" / "specs" / "superlender.yaml")
    assert isinstance(superlender.split, TrainBefore)
    assert superlender.split.on.isoformat() == "2017-07-22"
