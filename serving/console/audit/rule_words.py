"""Bands and conditions of the policy in words, with the unit of what they are about."""

from __future__ import annotations

from scoring.policy.codes import show
from scoring.policy.elements import Indicator, Test, Text
from scoring.policy.schema import Policy
from serving.rights.held_data import in_words


def band_words(indicator: Indicator, says: str, policy: Policy) -> Text:
    """A band as the points table calls it: its lower end with the unit, or the word of a category."""
    if says.startswith(">= "):
        return _least(indicator, says.removeprefix(">= "), policy)
    return in_words(indicator, says, policy)


def condition_words(indicator: Indicator, test: Test, policy: Policy) -> Text | None:
    """A condition on a value; None for an episode, whose condition is the observation period."""
    if test.active:
        return None
    if test.codes:
        named = [in_words(indicator, show(indicator, code), policy) for code in test.codes]
        return Text("或".join(it.zh for it in named), " or ".join(it.en for it in named))
    if indicator.kind == "boolean":
        return in_words(indicator, show(indicator, test.low), policy)
    ends = []
    if test.low > indicator.low:
        ends.append(_least(indicator, show(indicator, test.low), policy))
    if test.high < indicator.high:
        most = in_words(indicator, show(indicator, test.high), policy)
        ends.append(Text(f"≤ {most.zh}", f"≤ {most.en}"))
    return Text(" 且 ".join(it.zh for it in ends), " and ".join(it.en for it in ends))


def _least(indicator: Indicator, value: str, policy: Policy) -> Text:
    said = in_words(indicator, value, policy)
    return Text(f"≥ {said.zh}", f"≥ {said.en}")
