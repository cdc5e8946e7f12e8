"""The explanation written line by line is the one that is made as data, to the byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from scoring import explained as explaining
from scoring.assess import assess
from scoring.canonical import Written, canonical, joined
from scoring.credit_file import MISSING, OPEN, CreditFile
from scoring.decision import binding_of, binding_written
from scoring.explained import explained, explanation
from scoring.policy.elements import Indicator
from scoring.policy.schema import Policy

ON = date(2021, 4, 15)


def _code(indicator: Indicator, chance: Random) -> int:
    """Any allowed value, the least, the most and an unknown one often among them."""
    most = OPEN if indicator.kind == "episode" else indicator.high
    return chance.choice(
        [MISSING, indicator.low, most, chance.randint(indicator.low, min(indicator.high, ON.toordinal()))]
    )


def test_written_and_made_as_data_it_is_the_same(policy: Policy) -> None:
    chance = Random(3)
    for _ in range(200):
        codes = {it.id: _code(it, chance) for it in policy.indicators}
        one = assess(CreditFile("x", "y", codes), policy, on=ON)
        for _ in range(2):  # the second time from what was kept
            assert explained(one) == canonical(explanation(one))
        assert joined(binding_written(one, "c")) == canonical(binding_of(one, "c"))


def test_more_values_than_are_kept_are_written_right(policy: Policy, monkeypatch: Any) -> None:
    monkeypatch.setattr(explaining, "_MOST_KEPT", 3)
    place, indicator = next((n, it) for n, it in enumerate(policy.indicators) if it.high - it.low > 20)
    one = assess(CreditFile("x", "y", {}), policy, on=ON)
    for code in [*range(indicator.low, indicator.low + 12), indicator.low]:
        changed = replace(one, codes=(*one.codes[:place], code, *one.codes[place + 1 :]))
        written = explained(changed)
        assert isinstance(written, Written)
        assert written == canonical(explanation(changed))
