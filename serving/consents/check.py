"""Whether a household's consent allows a bank what it asks for today."""

from __future__ import annotations

from datetime import date

from feature_store.adapters.consents import Consent
from scoring.errors import LushiError
from serving.consents.uses import Use


class ConsentInvalid(LushiError):
    """The consent that a decision names does not allow it. what: why; mend: what to do."""

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"the consent {what}. {mend}")


def check_consent(consent: Consent | None, *, household_id: str, use: Use, on: date) -> Consent:
    """The consent that allows a bank this use of a household's file on a day.

    consent: what the bank recorded under the reference that it named; None for nothing.

    Raises:
        ConsentInvalid: saying why there is none. A consent of another household or bank is 'not there'.
    """
    if consent is None or consent.household_id != household_id:
        raise ConsentInvalid(
            "is not there: none with this reference is recorded for this household and your bank",
            "Check household_id and consent_reference, or record the consent first with POST /v1/consents",
        )
    if consent.withdrawn_at is not None:
        raise ConsentInvalid("was withdrawn", "Ask the household; record a new consent under a new reference")
    if consent.purpose != use:
        raise ConsentInvalid("is for another purpose", f"Use a consent whose purpose is {use.value}")
    if on < consent.granted_on:
        raise ConsentInvalid("does not count yet", "Wait for its first day")
    if on > consent.until:
        raise ConsentInvalid("has expired", "Ask the household; record a new consent under a new reference")
    return consent
