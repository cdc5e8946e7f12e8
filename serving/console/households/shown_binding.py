"""The binding part of a state or a recorded decision, as a page tells it: may we pay out, and why or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.policy.elements import Text
from scoring.policy.schema import Policy

Said = Text | dict[str, str]


@dataclass(frozen=True, slots=True)
class Veto:
    """A veto that fired: what for, what to do, until when it is looked at, and where that is written."""

    reason: Text
    remedy: Said
    until: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A binding answer in words. data: as it is recorded, and answered by the API.

    product: what the offered product is called; None where none is offered. checked: how many vetoes, by state.
    purpose: what the loan is for; None where none was asked for. reasons: with the rule that they rest on.
    """

    data: dict[str, Any]
    product: Said | None
    vetoes: list[Veto]
    checked: dict[str, int]
    purpose: Said | None
    asks: list[Text]

    @property
    def may_pay(self) -> bool:
        """Whether terms are offered: the policy, and nothing else, says so."""
        return bool(self.data["terms"]["offered"])

    @property
    def unjudged(self) -> int:
        """How many vetoes could not be judged, their data missing or too old."""
        return self.checked.get("missing", 0) + self.checked.get("stale", 0)

    @property
    def stops(self) -> list[tuple[str, dict[str, Any]]]:
        """The area's stops, village before township, with which it is."""
        area = self.data["area_control"]
        return [(it, area[it]) for it in ("village", "township") if area[it]["stopped"]] if area else []

    @property
    def obstacles(self) -> list[dict[str, str]]:
        """What stands in the way of a loan, but for the missing grade, whose causes are told by themselves."""
        return [one for one in self.data["terms"]["blocks"] if one["id"] != "no_grade"]


def shown(data: dict[str, Any], policy: Policy | None, *, purpose: str | None = None) -> Binding:
    """A binding part in words. policy: the one that it was made under; None for one that is no longer at hand."""
    products = {one.id: one.label for one in policy.terms.products} if policy else {}
    purposes = {one.id: one.label for one in policy.terms.purposes} if policy else {}
    labels = {one.id: one.label for one in policy.indicators} if policy else {}
    offer, checked = data["terms"]["offer"], list(data["vetoes"]["checked"].values())
    return Binding(
        data=data,
        product=products.get(offer["product"], _plain(offer["product"])) if offer else None,
        vetoes=[_veto(one, policy) for one in data["vetoes"]["fired"]],
        checked={state: checked.count(state) for state in dict.fromkeys(checked)},
        purpose=purposes.get(purpose, _plain(purpose)) if purpose else None,
        asks=[labels.get(it, _plain(it)) for it in data["ask"]],
    )


def _veto(fired: dict[str, Any], policy: Policy | None) -> Veto:
    rule = next((one for one in policy.vetoes if one.id == fired["id"]), None) if policy else None
    reason = policy.reasons[rule.reason].text if policy and rule else _plain(fired["id"])
    return Veto(reason, fired["remedy"], fired["under_observation_until"], fired["source"])


def _plain(word: str) -> Text:
    return Text(word, word)
