"""Every veto as it was judged: the rule in words, the article that it rests on, the datum it looked at, and the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.console.audit.data_shown import Data, Datum
from serving.console.audit.rule_words import rule_words
from serving.console.sections import N_

STATES = {
    "fired": N_("Fired"),
    "clear": N_("Clear"),
    "missing": N_("Not judged: missing"),
    "stale": N_("Not judged: too old"),
}
ORDER = ("fired", "missing", "stale", "clear")


@dataclass(frozen=True, slots=True)
class VetoShown:
    """A veto. condition: on the value; None for a matter that fires while it is open and ``months`` after it ended.

    source: the article. assumed: its details are this project's proposal. until: last day of the observation.
    """

    rule: Text
    indicator: Text
    condition: Text | None
    months: int
    source: str
    assumed: bool
    datum: Datum
    state: str
    until: str | None


def vetoes_of(binding: dict[str, Any], policy: Policy, data: Data) -> list[VetoShown]:
    """Every veto of the policy, those that fired first, then those that could not be judged."""
    checked = binding["vetoes"]["checked"]
    until = {one["id"]: one["under_observation_until"] for one in binding["vetoes"]["fired"]}
    indicators, rules = {one.id: one for one in policy.indicators}, rule_words(policy)
    found = []
    for veto in policy.vetoes:
        indicator = indicators[veto.test.indicator]
        found.append(
            VetoShown(
                rule=policy.reasons[veto.reason].text,
                indicator=indicator.label,
                condition=rules.condition(veto),
                months=veto.observation_months,
                source=veto.cite.source,
                assumed=veto.cite.assumed,
                datum=data.of(indicator),
                state=checked[veto.id],
                until=until.get(veto.id),
            )
        )
    return sorted(found, key=lambda it: ORDER.index(it.state))
