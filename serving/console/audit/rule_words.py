"""Bands and conditions of the policy in words, with the unit of what they are about."""

from __future__ import annotations

from functools import lru_cache

from scoring.policy.codes import show
from scoring.policy.elements import Indicator, Test, Text
from scoring.policy.schema import Policy, Veto
from serving.rights.held_data import in_words


class RuleWords:
    """The bands and vetoes of one policy in words, each put into words once."""

    def __init__(self, policy: Policy) -> None:
        self._policy, self._bands = policy, dict[tuple[str, str], Text]()
        indicators = {one.id: one for one in policy.indicators}
        self._conditions = {
            veto.id: condition_words(indicators[veto.test.indicator], veto.test, policy) for veto in policy.vetoes
        }

    def band(self, indicator: Indicator, says: str) -> Text:
        """As :func:`band_words`."""
        key = indicator.id, says
        if key not in self._bands:
            self._bands[key] = band_words(indicator, says, self._policy)
        return self._bands[key]

    def condition(self, veto: Veto) -> Text | None:
        """As :func:`condition_words`."""
        return self._conditions[veto.id]


@lru_cache(maxsize=16)
def rule_words(policy: Policy) -> RuleWords:
    """A policy's rules in words; kept by the policy's hash."""
    return RuleWords(policy)


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
