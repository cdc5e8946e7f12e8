"""How consents, objections and overrides are written as data: in answers, in the log and in reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from feature_store.adapters.consents import Consent
from feature_store.adapters.objections import Objection
from feature_store.adapters.overrides import Override
from feature_store.filing import time_text
from scoring.decision import money
from serving.consents.uses import USES, Use


def consent_data(consent: Consent) -> dict[str, Any]:
    """A consent as it is recorded: ids and days."""
    return {
        "reference": consent.reference,
        "household_id": consent.household_id,
        "tenant": consent.tenant,
        "purpose": consent.purpose,
        "granted_on": consent.granted_on.isoformat(),
        "until": consent.until.isoformat(),
    }


def consent_answer(consent: Consent) -> dict[str, Any]:
    """A consent as it is answered, with the purpose's label and when it was withdrawn."""
    return consent_data(consent) | {
        "purpose_label": USES[Use(consent.purpose)],
        "recorded_at": time_text(consent.recorded_at),
        "withdrawn_at": time_text(consent.withdrawn_at) if consent.withdrawn_at else None,
    }


def objection_answer(objection: Objection, today: date, *, words: bool = True) -> dict[str, Any]:
    """An objection as it is answered; words: with what was written (null once it was erased)."""
    shown = {
        "objection_id": str(objection.objection_id),
        "household_id": objection.household_id,
        "about": objection.about,
        "indicator": objection.indicator,
        "decision_id": str(objection.decision_id) if objection.decision_id else None,
        "filed_by": objection.filed_by,
        "tenant": objection.tenant,
        "recorded_at": time_text(objection.recorded_at),
        "due_on": objection.due_on.isoformat(),
        "state": objection.outcome or "open",
        "overdue": objection.overdue(today),
        "answered_by": objection.answered_by,
        "answered_at": time_text(objection.answered_at) if objection.answered_at else None,
    }
    return shown | ({"statement": objection.statement, "answer": objection.answer} if words else {})


def override_answer(override: Override, today: date) -> dict[str, Any]:
    """An override as it is shown beside a decision, with where it stands on a day."""
    confirmed = override.confirmed_at is not None
    state = "expired" if today > override.expires_on else "confirmed" if confirmed else "proposed"
    return {
        "override_id": str(override.override_id),
        "decision_id": str(override.decision_id),
        "state": state,
        "outcome": override.outcome,
        "limit_cny": money(override.limit_cny) if override.limit_cny is not None else None,
        "why": override.why,
        "by": override.by,
        "second": override.second,
        "expires_on": override.expires_on.isoformat(),
        "recorded_at": time_text(override.recorded_at),
        "confirmed_at": time_text(override.confirmed_at) if override.confirmed_at else None,
    }
