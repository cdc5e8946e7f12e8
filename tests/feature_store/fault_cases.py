"""One faulty file for each kind of fault: what is in it, and where and how the fault is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
