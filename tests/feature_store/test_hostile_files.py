"""Sidecars and files made to harm: refused with a fault, in no time, repeating nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars
import pytest

from feature_store.importing import files_in_order
from feature_store.sidecar import ENDING, Stated

A = "411299101201-0001"
BOMB = "[&a0 [x], " + ", ".join(f"&a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)) + "]"
"""Nine levels of nine aliases: written out, 400 million words."""


@pytest.mark.parametrize(
    "note",
    [
        'source: "a\\0b"\nobserved_on: 2017-03-31\ncoverage: listed\n',
        'source: "\\ud800"\nobserved_on: 2017-03-31\ncoverage: listed\n',
        'source: court\nobserved_on: 2017-03-31\ncoverage: complete\nareas: ["a\\0b"]\n',
        f"source: court\nobserved_on: 2017-03-31\ncoverage: {BOMB}\n",
        "source: court\nobserved_on: 2017-03-31\ncoverage: &c [*c]\n",
        "source: court\nobserved_on: 2017-03-31\ncoverage: listed\n? [1]\n: 2\n",
    ],
)
def test_a_sidecar_of_no_text_is_a_fault(county: Any, note: str) -> None:
    path = county.write("court", [county.filing("court", A)])
    path.with_name(path.name + ENDING).write_text(note, encoding="utf-8")
    done = county.bring(path)
    assert (done.outcome, bool(done.faults)) == ("refused", True)


def test_words_of_no_text_on_the_command_line_and_in_a_name_are_faults(county: Any) -> None:
    path = county.write("court", [county.filing("court", A)])
    assert county.bring(path, stated=Stated(source="a\udcff")).outcome == "refused"
    strange = path.rename(path.with_name("bad\udcff.csv"))
    done = county.bring(strange, stated=Stated(source="court"))
    assert (done.outcome, done.file) == ("refused", "?")


def test_a_column_named_like_an_id_number_is_not_repeated(county: Any, tmp_path: Path) -> None:
    path = tmp_path / "court.parquet"
    polars.DataFrame({"household_id": [A], "411299197605210011": [[1, 2]]}).write_parquet(path)
    path.with_name(path.name + ENDING).write_text(
        "source: court\nobserved_on: 2017-03-31\ncoverage: listed\n", encoding="utf-8"
    )
    done = county.bring(path)
    assert done.outcome == "refused"
    assert "197605210011" not in " ".join(map(str, done.faults))


def test_a_hundred_thousand_columns_are_refused_at_once(county: Any) -> None:
    path = county.write("court", [county.filing("court", A)])
    path.write_text(",".join(f"c{n}" for n in range(100_000)) + "\n", encoding="utf-8")
    assert "columns" in county.bring(path).faults[0].what


def test_a_folder_that_leads_back_to_itself_is_walked_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "police.csv").write_text("x", encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / "in" / name).symlink_to(tmp_path)
    assert files_in_order([tmp_path]) == [tmp_path / "in" / "police.csv"]
