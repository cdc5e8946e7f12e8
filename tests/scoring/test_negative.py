"""Which values tell against a household is read off the rules: held against the points and the vetoes themselves."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.credit_file import MISSING, NONE, OPEN, STALE
from scoring.negative import is_negative, negative_codes
from scoring.points import tally
from scoring.policy.compiled import compiled
from scoring.policy.load import ROOT, load_index
from scoring.policy.schema import Policy
from scoring.vetoes import judge

POLICIES = load_index(ROOT / "lushi").policies
ON = date(2021, 4, 15)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda it: it.id)
def test_a_value_is_negative_exactly_where_it_costs_points_or_fires_a_veto(policy: Policy) -> None:
    table, negative = compiled(policy), negative_codes([policy])
    checked = 0
    for position, indicator in enumerate(policy.indicators):
        edges = {indicator.low, indicator.high, *(low for low, _ in negative.get(indicator.id, ()))}
        edges |= {edge for item in table.items if item.position == position for edge in item.edges if edge > STALE}
        edges |= {
            edge
            for veto in policy.vetoes
            if veto.test.indicator == indicator.id
            for edge in (veto.test.low, veto.test.high, *veto.test.codes)
        }
        if indicator.kind == "episode":
            edges = {NONE, OPEN, ON.toordinal(), date(1999, 1, 1).toordinal()}
        near = {it + step for it in edges for step in (-1, 0, 1)} if indicator.kind != "episode" else edges
        for code in {it for it in near if indicator.low <= it <= indicator.high}:
            codes = [MISSING] * len(policy.indicators)
            codes[position] = code
            line = next((it for it in tally(table, codes).lines if it.indicator == indicator.id), None)
            fired = any(it.state == "fired" for it in judge(table, codes, ON))
            episode = indicator.kind == "episode" and code != NONE and indicator.id in negative
            expected = (line is not None and line.points < 0) or fired or episode
            assert is_negative(negative, [indicator.id], [code]) == expected, (indicator.id, code)
            checked += expected
    assert checked > 100


def test_what_is_missing_or_unknown_tells_nothing_and_any_policy_counts() -> None:
    both = negative_codes(POLICIES)
    assert all(set(both) >= set(negative_codes([it])) for it in POLICIES)
    assert not is_negative(both, list(both), [MISSING] * len(both))
    assert not is_negative(both, list(both), [STALE] * len(both))
    assert not is_negative(both, ["no_such_indicator"], [1])
