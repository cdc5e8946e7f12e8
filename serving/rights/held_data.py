"""Every datum that is held about a household, in words: what, its value, from whom, true when, known since when."""

from __future__ import annotations

from typing import Any

from feature_store.adapters import held
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.credit_file import MISSING, STALE
from scoring.decision import money
from scoring.policy.codes import show
from scoring.policy.elements import Indicator, Text
from scoring.policy.schema import Policy
from serving.decisions.decide import State

_WORDS = {
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "none": Text("无", "none"),
    "open": Text("未了结", "open"),
}


def data_held(moment: Moment, state: State) -> dict[str, Any]:
    """The credit file as 'data', one row an indicator with a value; and 'not_held', the labels of the others.

    A row's usable is false where the value is too old to be counted. marks: objections to it.
    """
    assessment = state.assessment
    policy, file = assessment.policy, assessment.file
    origins = held.origins(moment.connection, file.sources)
    sources = {one.id: one.label for one in policy.sources}
    rows, absent = [], []
    for indicator, used in zip(policy.indicators, assessment.codes, strict=True):
        code = file.codes.get(indicator.id, MISSING)
        if code == MISSING or indicator.source not in file.sources:
            absent.append({"indicator": indicator.id, "label": _text(indicator.label)})
            continue
        said, origin = file.sources[indicator.source], origins[indicator.source]
        rows.append(
            {
                "indicator": indicator.id,
                "label": _text(indicator.label),
                "value": show(indicator, code),
                "value_in_words": _text(in_words(indicator, show(indicator, code), policy)),
                "source": {"id": indicator.source, **_text(sources[indicator.source])},
                "observed_on": said.observed_on.isoformat(),
                "recorded_on": civil_day(origin.recorded_at).isoformat(),
                "valid_until": said.valid_until.isoformat() if said.valid_until else None,
                "evidence_id": origin.evidence_id,
                "usable": used not in (MISSING, STALE),
                "marks": [mark for mark in state.marks if mark["indicator"] == indicator.id],
            }
        )
    return {"data": rows, "not_held": absent}


def loans_held(moment: Moment, household_no: int, policy: Policy) -> list[dict[str, Any]]:
    """The household's loans as their banks stated them."""
    labels = {one.id: one.label for one in policy.terms.purposes}
    return [
        {
            "loan_id": loan.loan_id,
            "bank": loan.bank,
            "disbursed_on": loan.disbursed_on.isoformat(),
            "amount_cny": money(loan.amount_cny),
            "term_months": loan.term_months,
            "purpose": _text(labels.get(loan.purpose, Text(loan.purpose, loan.purpose))),
            "recorded_on": civil_day(loan.recorded_at).isoformat(),
        }
        for loan in held.loans(moment.connection, household_no, known_at=moment.known_at)
    ]


def in_words(indicator: Indicator, value: str, policy: Policy) -> Text:
    """A value as people read it, with its unit where it is a number."""
    if indicator.kind in ("count", "number"):
        unit = policy.units[indicator.unit]
        return Text(f"{value} {unit.zh}", f"{value} {unit.en}")
    known = _WORDS if indicator.kind in ("boolean", "episode") else policy.words
    return known.get(value, Text(value, value))


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
