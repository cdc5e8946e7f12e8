"""Every kind of fault is found, with its row, its column and its mend, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feature_store import table_file
from feature_store.identity import check_character
from feature_store.sidecar import Stated

A, B, C = "411299101201-0001", "411299101202-0001", "411299102201-0001"
ASSESSED = {"evidence_id": "E1", "assessor_1": "Wang", "assessor_2": "Li", "valid_until": "2018-03-31"}
ID = "411299198001010013"
LOAN = {
    "loan_id": "L1", "household_id": A, "bank": "RCU", "disbursed_on": "2017-01-05",
    "amount_cny": "50000", "term_months": "12", "purpose": "planting",
}  # fmt: skip
MONTH = {"loan_id": "L1", "month_end": "2017-03-31", "balance_cny": "48000.50", "days_past_due": "0"}
AREA = {"code": "411299103", "kind": "township", "parent": "411299", "name_zh": "镇", "name_en": "T"}
HOME = {"household_id": "411299101201-0002", "village_code": "411299101201", "id_number": ID}


def court(county: Any, **cells: str) -> dict[str, str]:
    return county.filing("court", A) | cells


def village(county: Any, **cells: str) -> dict[str, str]:
    return county.filing("village", A, **ASSESSED, respect_review="good") | cells


# name: (source, rows, how the file is written, row at fault, column, words of the message)
FAULTS: dict[str, tuple[str, Callable[[Any], list[dict[str, str]]], dict[str, Any], int, str, str]] = {
    "a value outside the range": (
        "traffic",
        lambda c: [c.filing("traffic", A) | {"serious_traffic_offences": "51"}],
        {},
        2,
        "serious_traffic_offences",
        "not one that the indicator may have",
    ),
    "a word that is no category": (
        "court",
        lambda c: [court(c, dishonest_debtor="maybe")],
        {},
        2,
        "dishonest_debtor",
        "not one that the indicator may have",
    ),
    "an unknown column": ("court", lambda c: [court(c, shoe_size="44")], {}, 0, "shoe_size", "unknown for this source"),
    "a missing column": ("court", lambda c: [{"household_id": A}], {}, 0, "dishonest_debtor", "column is missing"),
    "an unknown household": (
        "court",
        lambda c: [c.filing("court", "nobody")],
        {},
        2,
        "household_id",
        "not in the register",
    ),
    "no household": (
        "court",
        lambda c: [court(c, household_id="", dishonest_debtor="none")],
        {},
        2,
        "household_id",
        "is empty",
    ),
    "a household twice": ("court", lambda c: [court(c), court(c)], {}, 2, "household_id", "more than once"),
    "an unknown source": ("weather", lambda c: [court(c)], {}, 0, "source", "source is unknown"),
    "a day in the future": ("court", lambda c: [court(c)], {"observed_on": "2017-04-11"}, 0, "observed_on", "future"),
    "a row's day in the future": (
        "court",
        lambda c: [court(c, observed_on="2017-04-11")],
        {},
        2,
        "observed_on",
        "future",
    ),
    "a row's day that is none": (
        "court",
        lambda c: [court(c, observed_on="2017-02-30")],
        {},
        2,
        "observed_on",
        "not a date",
    ),
    "a row's day in a complete list": (
        "court",
        lambda c: [court(c, observed_on="2017-03-31")],
        {"coverage": "complete"},
        0,
        "observed_on",
        "one day",
    ),
    "a complete list of nowhere": (
        "court",
        lambda c: [court(c)],
        {"coverage": "complete", "areas": []},
        0,
        "areas",
        "names no areas",
    ),
    "a complete list of an unknown area": (
        "court",
        lambda c: [court(c)],
        {"coverage": "complete", "areas": ["410000"]},
        0,
        "areas",
        "not in the register",
    ),
    "no coverage": ("court", lambda c: [court(c)], {"coverage": "perhaps"}, 0, "coverage", "no coverage"),
    "no evidence": ("village", lambda c: [village(c, evidence_id="")], {}, 2, "evidence_id", "values were assessed"),
    "one assessor": ("village", lambda c: [village(c, assessor_2="")], {}, 2, "assessor_2", "values were assessed"),
    "the same assessor twice": (
        "village",
        lambda c: [village(c, assessor_2=" WANG ")],
        {},
        2,
        "assessor_2",
        "same person",
    ),
    "no expiry": ("village", lambda c: [village(c, valid_until="")], {}, 2, "valid_until", "no expiry"),
    "an expiry before the day": (
        "village",
        lambda c: [village(c, valid_until="2017-03-30")],
        {},
        2,
        "valid_until",
        "before the day observed",
    ),
    "a control character": (
        "village",
        lambda c: [village(c, evidence_id="E\x01")],
        {},
        2,
        "evidence_id",
        "control characters",
    ),
    "an area of no kind": ("areas", lambda c: [AREA | {"kind": "hamlet"}], {}, 2, "kind", "unknown"),
    "an area without its parent": (
        "areas",
        lambda c: [AREA | {"code": "411299109201", "kind": "village", "parent": "411299109"}],
        {},
        2,
        "parent",
        "parent is not a township",
    ),
    "an area code too short": ("areas", lambda c: [AREA | {"code": "41129"}], {}, 2, "code", "number of digits"),
    "a village not in areas": (
        "households",
        lambda c: [HOME | {"village_code": "411299101999"}],
        {},
        2,
        "village_code",
        "not in the register of areas",
    ),
    "a bad ID number": (
        "households",
        lambda c: [HOME | {"id_number": ID[:-1] + "5"}],
        {},
        2,
        "id_number",
        "check character",
    ),
    "one ID number for two in the file": (
        "households",
        lambda c: [HOME, HOME | {"household_id": "X-3"}],
        {},
        2,
        "id_number",
        "same ID number",
    ),
    "a loan twice in the file": ("loans", lambda c: [LOAN, LOAN], {}, 2, "loan_id", "more than once"),
    "a loan of nobody": (
        "loans",
        lambda c: [LOAN | {"household_id": "nobody"}],
        {},
        2,
        "household_id",
        "not in the register",
    ),
    "a loan of nothing": ("loans", lambda c: [LOAN | {"amount_cny": "0"}], {}, 2, "amount_cny", "above zero"),
    "a loan without end": (
        "loans",
        lambda c: [LOAN | {"term_months": "12.5"}],
        {},
        2,
        "term_months",
        "number of months",
    ),
    "a month of an unknown loan": ("loan_months", lambda c: [MONTH], {}, 2, "loan_id", "not in the loan book"),
    "a month that ends early": (
        "loan_months",
        lambda c: [MONTH | {"month_end": "2017-03-30"}],
        {},
        2,
        "month_end",
        "last of its month",
    ),
    "a negative balance": (
        "loan_months",
        lambda c: [MONTH | {"balance_cny": "-0.01"}],
        {},
        2,
        "balance_cny",
        "negative",
    ),
    "a balance that is no sum": (
        "loan_months",
        lambda c: [MONTH | {"balance_cny": "1,000"}],
        {},
        2,
        "balance_cny",
        "not a sum",
    ),
    "days past due that are none": (
        "loan_months",
        lambda c: [MONTH | {"days_past_due": "-1"}],
        {},
        2,
        "days_past_due",
        "number of days",
    ),
}


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
