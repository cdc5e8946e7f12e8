"""Every kind of fault is found, with its row, its column and its mend, and nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from feature_store import table_file
from feature_store.identity import check_character
from feature_store.sidecar import Stated
from tests.feature_store.fault_cases import FAULTS, HOME, court


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_with(county: Any, name: str) -> None:
    source, rows, how, row, column, words = FAULTS[name]
    before = county.count("batches")
    done = county.bring(county.write(source, rows(county), **how))
    assert done.outcome == "refused"
    found = [it for it in done.faults if it.row == row and it.column == column and words in it.what]
    assert found, done.faults
    assert all(it.mend and not it.mend.endswith(".") for it in done.faults)
    assert county.count("batches") == before
    assert county.count("filings") == 0


FILES = {
    "an empty file": (b"", "empty"),
    "a header without rows": (b"household_id,dishonest_debtor\n", "column is missing"),
    "a file in GBK": ("household_id,名\n".encode("gbk") * 3, "not UTF-8"),
    "a binary file": (b"\x00\x01\x02" * 50, "not UTF-8"),
    "more cells than the header": (b"a,b\n1,2,3\n", "more cells than the header"),
    "a column twice": (b"a,a\n1,2\n", "twice"),
}


@pytest.mark.parametrize("name", FILES)
def test_unreadable(county: Any, name: str) -> None:
    content, words = FILES[name]
    path = county.write("court", [court(county)])
    path.write_bytes(content)
    assert any(words in it.what for it in county.bring(path).faults)


@pytest.mark.parametrize("ending", ["parquet", "xlsx", "csv.gz"])
def test_damaged(county: Any, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"court.{ending}"
    path.write_bytes(b"this is not it" * 20)
    (tmp_path / f"court.{ending}.batch.yaml").write_text("source: court\nobserved_on: 2017-03-31\ncoverage: listed\n")
    done = county.bring(path)
    assert done.outcome == "refused"
    assert len(done.faults) == 1


def test_huge(county: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = county.write("court", [court(county)])
    monkeypatch.setattr(table_file, "MOST_BYTES", 20)
    assert "larger than" in county.bring(path).faults[0].what


def test_a_missing_or_broken_sidecar_is_named(county: Any) -> None:
    path = county.write("court", [court(county)])
    beside = path.with_name(path.name + ".batch.yaml")
    for text, words in [("a: [", "not YAML"), ("sauce: court", "other keys"), ("coverage: listed", "states no source")]:
        beside.write_text(text)
        assert any(words in it.what for it in county.bring(path).faults)
    beside.unlink()
    assert "is missing" in county.bring(path).faults[0].what


def test_no_policy_in_force_refuses_the_file(county: Any) -> None:
    path = county.write("court", [court(county)])
    county.now = county.now.replace(month=3)
    assert "no approved policy is in force" in county.bring(path, stated=Stated()).faults[0].what


def test_no_message_repeats_what_a_cell_holds(county: Any) -> None:
    secret = "37068519770707"
    rows = [HOME | {"id_number": secret + "1234", "household_id": secret}, HOME | {"village_code": secret}]
    rows.append({**HOME, secret: "x"})
    done = county.bring(county.write("households", [{**dict.fromkeys(rows[2], ""), **it} for it in rows]))
    assert done.faults
    assert not any(secret in str(it) for it in done.faults)


def test_one_id_number_for_two_households_is_found_across_files(county: Any) -> None:
    county.file("households", [HOME])
    done = county.bring(county.write("households", [HOME | {"household_id": "X-9"}]))
    assert [it.column for it in done.faults] == ["id_number"]
    swapped = "41129919800101002" + check_character("41129919800101002")
    rows = [HOME | {"id_number": swapped}, HOME | {"household_id": "X-9"}]
    assert county.bring(county.write("households", rows)).outcome == "imported"


def test_one_cell_in_a_hundred_bad_gives_exactly_those_faults(county: Any) -> None:
    homes = {f"411299101201-{number:04d}": "411299101201" for number in range(2, 502)}
    county.register(homes)
    rows = [county.filing("traffic", it, serious_traffic_offences="1") for it in homes]
    bad = {number for number in range(len(rows)) if number % 100 == 7}
    for number in bad:
        rows[number]["serious_traffic_offences"] = "one"
    done = county.bring(county.write("traffic", rows))
    assert {(it.row, it.column) for it in done.faults} == {(it + 2, "serious_traffic_offences") for it in bad}
