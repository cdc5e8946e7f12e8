"""What stands of a household's rights, whoever recorded it: for operators, and for the subject's own report."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from feature_store.adapters import consents, objections, overrides, people
from feature_store.adapters.consents import Consent
from feature_store.adapters.store import Moment
from feature_store.filing import time_text
from scoring.policy.schema import Policy
from serving.consents.scope import UnknownHousehold
from serving.consents.shown import consent_answer, objection_answer, override_answer
from serving.consents.uses import USES, Use
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from serving.wiring import Parts


def consents_of(parts: Parts, household_id: str) -> list[Consent]:
    """Every consent of a household, newest first.

    Raises:
        UnknownHousehold, StoreUnavailable.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        found = people.numbers(moment.connection, [household_id])
        if household_id not in found:
            raise UnknownHousehold
        return consents.of_household(moment.connection, found[household_id])


def consents_shown(moment: Moment, household_no: int) -> list[dict[str, Any]]:
    """A household's consents, newest first, as they are answered."""
    return [consent_answer(one) for one in consents.of_household(moment.connection, household_no)]


def objections_shown(moment: Moment, household_no: int, today: date) -> list[dict[str, Any]]:
    """A household's objections with their words, newest first."""
    return [objection_answer(one, today) for one in objections.of_household(moment.connection, household_no)]


def overrides_shown(moment: Moment, household_no: int, today: date) -> list[dict[str, Any]]:
    """The overrides of a household's decisions, oldest first."""
    return [override_answer(one, today) for one in overrides.of_household(moment.connection, household_no)]


def decisions_shown(moment: Moment, household_no: int, policy: Policy) -> list[dict[str, Any]]:
    """Who asked about a household, newest first: when, which bank, what for, with what outcome.

    policy: whose words for purposes of loans are used.
    """
    labels = {one.id: {"zh": one.label.zh, "en": one.label.en} for one in policy.terms.purposes}
    return [_decision(entry, labels) for entry in ledger.of_household(moment, household_no)]


def _decision(entry: Entry, labels: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A decision in brief; of one whose content was erased only when, by whom, and that."""
    at: str = json.loads(entry.body)["recorded_at"]
    shown: dict[str, Any] = {"decision_id": str(entry.decision_id), "tenant": entry.tenant}
    shown |= {"recorded_at": time_text(datetime.fromisoformat(at)), "erased": entry.content is None}
    if entry.content is None:
        return shown
    said = json.loads(entry.content)
    binding, request = said["binding"], said["request"]
    use = said.get("consent", {}).get("purpose")  # recorded since format 4
    return shown | {
        "use": USES[Use(use)] if use is not None else None,
        "purpose": request["purpose"],
        "purpose_label": labels.get(request["purpose"], {"zh": request["purpose"], "en": request["purpose"]}),
        "amount_cny": request["amount_cny"],
        "status": binding["status"],
        "grade": binding["grade"],
        "offered": binding["terms"]["offered"],
    }
