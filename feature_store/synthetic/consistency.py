"""What must hold between indicators, whatever was drawn: the rules at the end of county.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feature_store.synthetic.arrays import Ints
from feature_store.synthetic.settings import Rule
from scoring.policy import codes
from scoring.policy.elements import Indicator


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """Both sides as (indicator's position, code)."""

    when: tuple[tuple[int, int], ...]
    then: tuple[tuple[int, int], ...]


def compile_rules(rules: Sequence[Rule], indicators: Sequence[Indicator]) -> tuple[CompiledRule, ...]:
    """The rules over positions in ``indicators``.

    Raises:
        ValueError: where a rule names an indicator or a value that the policy does not have.
    """
    positions = {indicator.id: position for position, indicator in enumerate(indicators)}

    def pair(name: str, written: str) -> tuple[int, int]:
        if name not in positions:
            raise ValueError(f"a rule in county.yaml names '{name}', which the policy does not have; mend the rule")
        code = codes.read(indicators[positions[name]], written)
        if code is None:
            raise ValueError(
                f"a rule in county.yaml gives '{name}' a value that the policy does not allow; mend the rule"
            )
        return positions[name], code

    return tuple(
        CompiledRule(
            tuple(pair(name, written) for name, written in rule.when.items()),
            tuple(pair(name, written) for name, written in rule.then.items()),
        )
        for rule in rules
    )


def make_consistent(values: Ints, rules: Sequence[CompiledRule]) -> None:
    """Apply the rules in order to codes of shape (n_indicators, n_households), in place."""
    for rule in rules:
        held = np.logical_and.reduce([values[position] == code for position, code in rule.when])
        for position, code in rule.then:
            values[position, held] = code
