"""A recorded decision made again with something changed: its policy, what is known, its model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.assess import assess
from scoring.decision import binding_of
from scoring.policy.schema import Policy
from serving.challenger.advise import Asked, card_says
from serving.challenger.again import NotAtHand, model_of, pd_again, recorded_model, same_number
from serving.challenger.load import Challenger
from serving.challenger.standing import Challengers
from serving.county.area_states import AreaStates
from serving.county.purposes import UnknownPurpose, check_purpose
from serving.replay.again import Difference, request_of, then_of
from serving.replay.outcome import Outcome, outcome_of, same_binding
from serving.replay.words import Kind

Data = Literal["then", "now"]


@dataclass(frozen=True, slots=True)
class Changed:
    """What is changed. policy: None for the recorded one; model: its version, None for the recorded one."""

    policy: Policy | None = None
    data: Data = "then"
    model: str | None = None

    def singly(self) -> dict[str, Changed]:
        """Each change that there is, by its name, alone."""
        found = {}
        if self.policy is not None:
            found["policy"] = Changed(policy=self.policy)
        if self.data == "now":
            found["data"] = Changed(data="now")
        if self.model is not None:
            found["model"] = Changed(model=self.model)
        return found


class CannotRepeat(Exception):
    """The binding part cannot be made with these changes; ``why`` says why."""

    def __init__(self, kind: Kind, what: str) -> None:
        self.why = Difference(kind, what)
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Made:
    """An outcome with some changes, and why its PD could not be had (None where it could, or nobody asked for one)."""

    outcome: Outcome
    no_pd: Difference | None


class Maker:
    """One recorded decision, made again with this or that changed. policy: the recorded one, which is approved."""

    def __init__(
        self, recorded: dict[str, Any], now: Moment, policy: Policy, areas: AreaStates, challengers: Challengers
    ) -> None:
        advisory = recorded["advisory"] or {}
        self._given = advisory if advisory.get("status") == "given" else None
        self._recorded, self._now, self._areas, self._challengers = recorded, now, areas, challengers
        self.policy = policy
        self.recorded = outcome_of(recorded["binding"], float(self._given["pd"]) if self._given else None)

    def made(self, changed: Changed) -> Made:
        """The outcome with these changes.

        Raises:
            CannotRepeat: where there is none.
            NoSuchVersion: where the registry holds no such model.
        """
        policy, now = changed.policy or self.policy, changed.data == "now"
        moment = self._now if now else then_of(self._recorded, self._now)
        on = civil_day(moment.known_at) if now else date.fromisoformat(self.recorded.on)
        request = request_of(self._recorded["request"])
        try:
            check_purpose(request.purpose, policy)
        except UnknownPurpose:
            what = f"the policy {policy.id} does not list the loan's purpose"
            raise CannotRepeat(Kind.PURPOSE_NOT_LISTED, what) from None
        file = moment.credit_file(self._recorded["household_id"], on=on, policy=policy)
        if file is None:
            raise CannotRepeat(Kind.NOT_REGISTERED_NOW, "the household is not registered on that day any more")
        area = self._areas.state(moment, file.village_code, on=on, policy=policy)
        binding = binding_of(assess(file, policy, on=on, area=area, request=request), "")
        asked = Asked(file, policy, on, area, request)
        try:
            return Made(outcome_of(binding, self._pd(changed.model, moment, asked, binding)), None)
        except NotAtHand as error:
            return Made(outcome_of(binding, None), Difference(Kind(error.kind), str(error)))

    def moves(self, made: Made) -> bool:
        """Whether an outcome is another than the recorded one; its PD counts where it could be had."""
        same_pd = made.no_pd is not None or same_number(self.recorded.pd, made.outcome.pd)
        return not (same_binding(self.recorded, made.outcome) and same_pd)

    def _pd(self, version: str | None, moment: Moment, asked: Asked, binding: dict[str, Any]) -> float | None:
        model: Challenger
        if version is not None:
            model = model_of(version, self._challengers)
        elif self._given is not None:
            model = recorded_model(self._given, self._challengers)
        else:
            return None
        return pd_again(model, moment, asked, card_says(binding["status"], binding["grade"], asked.policy))
