"""Small random policies, written as text and read by the loader like any county's.

Two to seven indicators under one to three headings; vetoes may sit on scored indicators, which no
Lushi policy does but another county's may.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from scoring.credit_file import MISSING, CreditFile, Reported
from scoring.policy.load import policy_of
from scoring.policy.read_reasons import ENGINE
from scoring.policy.schema import Policy
from tests.scoring.naive import answers

ON = date(2020, 6, 30)
GRADES = ("A", "AA", "AAA", "AAA+")
WORDS = ("first", "second", "third", "fourth")
TEXT = {"zh": "字", "en": "word"}
CITE = {"source": "paper §1"}


@dataclass(frozen=True)
class Scored:
    """One scored indicator as drawn: its two rows of text, and the points it may give."""

    indicator: dict[str, Any]
    item: dict[str, Any]


def _indicator(name: str, source: str, kind: str, **more: Any) -> dict[str, Any]:
    row = {"id": name, "label": TEXT, "type": kind, "unit": "piece", "from": source, "refresh": "year"}
    return {**row, "sensitivity": "plain", "model_risk": "any", **CITE, **more}


@st.composite
def _scored(draw: st.DrawFn, number: int, sources: list[str], improvable: bool) -> Scored:
    name = f"item_{number}"
    kind = draw(st.sampled_from(["boolean", "count", "category", "number"]))
    source = draw(st.sampled_from(sources))
    row = _indicator(name, source, kind, refresh=draw(st.sampled_from(["quarter", "year"])))
    if draw(st.booleans()):
        row["assessed"] = "true"
    point = st.integers(-6, 6)
    item: dict[str, Any] = {"indicator": name, "reason": f"because_{number}", **CITE}
    given: list[int]
    if kind in ("count", "number"):
        low, high = (0, draw(st.integers(2, 7))) if kind == "count" else (-1, 2)
        row["range"] = {"from": low, "to": high}
        scale = 10 if kind == "number" else 1
        if kind == "number":
            row["decimals"] = 1
        edges = draw(st.sets(st.integers(low * scale + 1, high * scale), max_size=3))
        given = [draw(point) for _ in range(len(edges) + 1)]
        starts = [low * scale, *sorted(edges)]
        item["bands"] = [
            {"at_least": str(start / scale if scale > 1 else start), "points": p}
            for start, p in zip(starts, given, strict=True)
        ]
    else:
        words = ["no", "yes"] if kind == "boolean" else list(WORDS[: draw(st.integers(2, 4))])
        if kind == "category":
            row["categories"] = words
        given = [draw(point) for _ in words]
        item["points"] = dict(zip(words, given, strict=True))
    inside = st.integers(min(given), max(given))
    item["if_missing"] = draw(st.one_of(inside, st.sampled_from(["ask", "withhold"])))
    item["if_stale"] = draw(st.one_of(inside, st.sampled_from(["ask", "withhold", "value", "value"])))
    if improvable or draw(st.integers(0, 3)):
        item["improve"] = {"effort": draw(st.integers(1, 3)), "wait_days": draw(st.sampled_from([0, 10, 40]))}
        if kind == "category" and draw(st.booleans()):
            item["improve"]["to"] = draw(st.lists(st.sampled_from(row["categories"]), min_size=1, unique=True))
    else:
        item["improve"] = "never"
    return Scored(row, item)


@st.composite
def _when(draw: st.DrawFn, scored: Scored) -> dict[str, Any]:
    """A condition that some value of a scored indicator meets and some value does not."""
    row = scored.indicator
    if row["type"] == "boolean":
        return {"is": draw(st.sampled_from(["no", "yes"]))}
    if row["type"] == "category":
        return {"is": draw(st.sampled_from(row["categories"]))}
    middle = draw(st.integers(row["range"]["from"] + 1, row["range"]["to"]))
    return {"at_least": middle} if draw(st.booleans()) else {"at_most": middle - 1}


@st.composite
def card_texts(draw: st.DrawFn, improvable: bool = False) -> dict[str, str]:
    """The nine files of a small valid policy; ``improvable``: with wide caps and every item open to improvement."""
    sources = ["here", "there"]
    scored = [draw(_scored(number, sources, improvable)) for number in range(draw(st.integers(1, 4)))]
    n_headings = draw(st.integers(1, min(3, len(scored))))
    headings: list[list[dict[str, Any]]] = [[] for _ in range(n_headings)]
    for number, one in enumerate(scored):
        headings[number if number < n_headings else draw(st.integers(0, n_headings - 1))].append(one.indicator)
    headings[0].append(_indicator("consent", "here", "boolean"))
    if draw(st.booleans()):
        headings[0].append(_indicator("episode", "there", "episode"))
        vetoes = [_veto(0, "episode", {"active": "true"}, draw(st.sampled_from([0, 1, 12])))]
    else:
        chosen = draw(st.sampled_from(scored))
        vetoes = [_veto(0, chosen.indicator["id"], draw(_when(chosen)), 0)]
    if draw(st.integers(0, 2)) == 0:
        chosen = draw(st.sampled_from(scored))
        vetoes.append(_veto(1, chosen.indicator["id"], draw(_when(chosen)), 0))
    for veto in vetoes:
        veto["if_missing"] = draw(st.sampled_from(["withhold", "ask"]))
        veto["if_stale"] = draw(st.sampled_from(["withhold", "ask"]))
    gate: list[dict[str, Any]] = [{"indicator": "consent", "when": {"is": "yes"}, "reason": "gate"}]
    conditions = []
    if draw(st.integers(0, 3)) == 0:
        chosen = draw(st.sampled_from(scored))
        conditions.append({**CITE, "indicator": chosen.indicator["id"], "when": draw(_when(chosen)), "reason": "gate"})
    if draw(st.integers(0, 3)) == 0:
        gate.append({"indicator": draw(st.sampled_from(scored)).indicator["id"], "reason": "gate"})
    strict = {row["indicator"] for row in (*vetoes, *gate, *conditions)}
    for one in scored:
        if one.item["if_stale"] == "value" and one.item["indicator"] in strict:
            one.item["if_stale"] = draw(st.sampled_from(["ask", "withhold"]))
    base = 20
    cuts = sorted(draw(st.sets(st.integers(base - 1 if improvable else base - 9, base + 9), min_size=1, max_size=4)))
    cap = st.sampled_from([6, 20] if improvable else [0, 3, 6, 20])
    reasons = [*ENGINE, "gate", *(f"because_{number}" for number in range(len(scored))), "veto_0", "veto_1"]
    files: dict[str, Any] = {
        "about": {
            "id": "small",
            "county": TEXT,
            "title": TEXT,
            "effective_from": "2020-01-01",
            "documents": {"paper": "A paper"},
            "units": {"piece": TEXT},
            "words": dict.fromkeys(WORDS, TEXT),
        },
        "indicators": {
            "sources": [{"id": source, "label": TEXT} for source in sources],
            "headings": [
                {"id": f"heading_{number}", "label": TEXT, "indicators": rows} for number, rows in enumerate(headings)
            ],
        },
        "scorecard": {
            "base": {"points": base, **CITE},
            "caps": [
                {"heading": f"heading_{number}", "most_added": draw(cap), "most_deducted": draw(cap), **CITE}
                for number in range(n_headings)
            ],
            "items": [one.item for one in scored],
        },
        "vetoes": {"vetoes": vetoes},
        "grades": {
            "grades": [
                {"id": GRADES[number], "at_least": cut, "limit_cny": 1000 * (number + 1), **CITE}
                for number, cut in enumerate(cuts)
            ],
            "completeness": {
                "known_percent": draw(st.sampled_from([0, 0, 50, 75])),
                "gate": gate,
                "fresh_days": {"any_time": 400, "quarter": 100, "year": 300},
                **CITE,
            },
        },
        "areas": {
            "loan_classes": [
                {"id": "sound", "label": TEXT, "at_least_days": 0, **CITE},
                {"id": "bad", "label": TEXT, "at_least_days": 91, "bad": "true", **CITE},
            ],
            "village_stop": {"bad_ratio_over": "0.05", **CITE},
            "township_stop": {"stopped_villages_at_least": "0.3", **CITE},
            "release": {"clear_month_ends": 2, "sign_off": "true", "book_at_most_days": 62, **CITE},
            "few_loans": {"below": 5, **CITE},
            "credit_village": {"graded_at_least": "0.7", **CITE},
            "credit_township": {"credit_villages_at_least": "0.65", **CITE},
        },
        "outcomes": {
            "performance_window": {"months": 12, **CITE},
            "bad": {"at_least_days": 91, **CITE},
            "indeterminate": {"at_least_days": 31, **CITE},
            "maturity": {"missing_month_ends": 0, **CITE},
            "repaid_early": {"good": "true", **CITE},
        },
        "terms": {
            **({"conditions": conditions} if conditions else {}),
            "allowed_purposes": [{"id": "planting", "label": TEXT}],
            "refused_purposes": [{"id": "wedding", "label": TEXT}],
            "products": [
                {
                    "id": "credit",
                    "label": TEXT,
                    "rates": [{"up_to_months": 12, "rate": "0.04"}],
                    "subsidy_share": 0,
                    **CITE,
                }
            ],
        },
        "reasons": {"reasons": [{"id": name, "zh": "字", "en": "word", **CITE} for name in reasons]},
    }
    return {f"{name}.yaml": json.dumps(content, indent=1) for name, content in files.items()}


def _veto(number: int, indicator: str, when: dict[str, Any], months: int) -> dict[str, Any]:
    return {
        "id": f"veto_{number}",
        "kind": "other",
        "subject": "borrower",
        "indicator": indicator,
        "when": when,
        "observation_months": months,
        "reason": f"veto_{number}",
        "remedy": TEXT,
        **CITE,
    }


def cards(improvable: bool = False) -> st.SearchStrategy[Policy]:
    """Small policies, read from their text."""
    return card_texts(improvable).map(policy_of)


@st.composite
def files(draw: st.DrawFn, policy: Policy, on: date = ON, *, unknown: int = 3, stale: bool = True) -> CreditFile:
    """A credit file of a policy: values at every edge, about one in ``unknown`` missing, sources of any age."""
    codes = {}
    for indicator in policy.indicators:
        code = draw(st.sampled_from(answers(policy, indicator, on)))
        if indicator.id == "consent":
            code = int(draw(st.integers(0, 9)) > 0)
        elif unknown and draw(st.integers(0, unknown - 1)) == 0:
            code = MISSING
        if code != MISSING:
            codes[indicator.id] = code
    ages = [0, 100, 101, 300, 301, 400, 401] if stale else [0]
    sources = {}
    for source in policy.sources:
        until = draw(st.sampled_from([None, on, on - timedelta(days=1)])) if stale else None
        sources[source.id] = Reported(on - timedelta(days=draw(st.sampled_from(ages))), until)
    return CreditFile("household", "village", codes, sources)


@st.composite
def cards_with_files(draw: st.DrawFn, unknown: int = 3) -> tuple[Policy, CreditFile]:
    """A small policy and a credit file under it."""
    policy = draw(cards())
    return policy, draw(files(policy, unknown=unknown))


@st.composite
def known_households(draw: st.DrawFn) -> tuple[Policy, CreditFile]:
    """A small policy under which much can be improved, and a household that is almost wholly known."""
    policy = draw(cards(improvable=True))
    file = draw(files(policy, unknown=draw(st.sampled_from([0, 0, 12])), stale=False))
    return policy, CreditFile(file.household_id, file.village_code, {**file.codes, "consent": 1}, file.sources)
