"""A household's consent to the use of its credit file: recorded, withdrawn, read.

Law: Personal Information Protection Law articles 14, 15, 23; Credit Reporting Regulation article 18.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feature_store.adapters import consents
from feature_store.adapters.consents import Consent
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK
from serving.consents.scope import UnknownHousehold
from serving.consents.shown import consent_data
from serving.consents.uses import Use
from serving.ledger import log
from serving.refused import Refused, Wrong
from serving.wiring import Parts

MOST_YEARS = 3
"""Longest that a consent may last [assumed]: no source states a limit; a longer one is asked for anew."""


class UnknownConsent(LushiError):
    """No consent with that reference, or none that the caller may see."""

    def __init__(self) -> None:
        super().__init__("no consent with that reference is recorded; check the reference")


class ConsentTaken(LushiError):
    """The bank has another consent of that reference."""

    def __init__(self) -> None:
        super().__init__("a consent with this reference says something else; give every consent a reference of its own")


class ConsentAmbiguous(LushiError):
    """Two banks use the same reference, and the caller did not say which bank."""

    def __init__(self) -> None:
        super().__init__("more than one bank uses this reference; name the bank with ?tenant=")


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it is handed in. tenant: the bank that may use the file. until: last day, inclusive."""

    reference: str
    household_id: str
    tenant: str
    purpose: Use
    granted_on: date
    until: date


def record_consent(given: Given, parts: Parts, *, caller: Caller) -> tuple[Consent, bool]:
    """Record a consent; with it whether it is new. The same consent again changes nothing.

    given.tenant: '' for the caller's own bank.

    Raises:
        Refused: for days or a bank that cannot be, all faults at once.
        UnknownHousehold: for a household that is not there, or outside the caller's area.
        ConsentTaken: where the bank has another consent of that reference.
        StoreUnavailable: where the database is away.
    """
    of_bank = caller.role in OF_A_BANK
    tenant = given.tenant or (caller.tenant if of_bank else "")
    with parts.store.moment(parts.clock.now) as moment:
        on = civil_day(moment.known_at)
        faults = [Wrong(f"body.{where}", what, mend) for where, what, mend in wrong_days(given, on)]
        if not tenant:
            faults.append(Wrong("body.tenant", "is missing", "Name the bank that may use the credit file"))
        if of_bank and tenant != caller.tenant:
            faults.append(Wrong("body.tenant", "is not the caller's own bank", "Leave it out"))
        if faults:
            raise Refused(faults)
        household = moment.household(given.household_id, on=on)
        if household is None or not caller.covers(household.village_code):
            raise UnknownHousehold
        fresh = Consent(
            reference=given.reference,
            household_id=given.household_id,
            household_no=household.household_no,
            tenant=tenant,
            purpose=given.purpose.value,
            granted_on=given.granted_on,
            until=given.until,
            recorded_by=caller.client_id,
            recorded_at=moment.known_at,
        )
        if not consents.add(moment.connection, fresh):
            held = consents.find(moment.connection, tenant, given.reference)
            if held is None or held.said != fresh.said:
                raise ConsentTaken
            return held, False
        content = canonical(consent_data(fresh) | {"recorded_by": caller.client_id})
        log.append(moment.connection, kind="consent_recorded", recorded_at=moment.known_at, content=content)
        return fresh, True


def withdraw_consent(reference: str, parts: Parts, *, caller: Caller, tenant: str | None = None) -> Consent:
    """End a consent at once: no decision that begins later can stand on it. A second time changes nothing.

    Raises:
        UnknownConsent, ConsentAmbiguous: as :func:`read_consent`.
        StoreUnavailable: where the database is away.
    """
    with parts.store.recording(parts.clock.now) as moment:
        consent = _visible(moment, reference, caller, tenant)
        if consents.withdraw(moment.connection, consent, by=caller.client_id, now=moment.known_at):
            said = {"reference": reference, "tenant": consent.tenant, "household_id": consent.household_id}
            content = canonical(said | {"by": caller.client_id})
            log.append(moment.connection, kind="consent_withdrawn", recorded_at=moment.known_at, content=content)
        return _visible(moment, reference, caller, consent.tenant)


def read_consent(reference: str, parts: Parts, *, caller: Caller, tenant: str | None = None) -> Consent:
    """A consent that the caller may see: a bank its own, the network those of its area, an auditor any.

    tenant: the bank whose reference is meant; needed only by those who see several banks'.

    Raises:
        UnknownConsent: where there is none, or none for this caller: nobody learns which.
        ConsentAmbiguous: where several banks use the reference.
        StoreUnavailable: where the database is away.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        return _visible(moment, reference, caller, tenant)


EARLIEST = date(1950, 1, 1)
"""No day before it is one of this service's time."""


def wrong_days(given: Given, on: date) -> list[tuple[str, str, str]]:
    """What is wrong with a consent's days, as (field, what, mend). on: today in the county."""
    found = []
    if given.granted_on > on:
        found.append(("granted_on", "lies in the future", "Write the day on which the household signed"))
    if given.granted_on < EARLIEST:
        found.append(("granted_on", f"lies before {EARLIEST.year}", "Write the day on which the household signed"))
    if given.until < given.granted_on:
        found.append(("until", "lies before granted_on", "Write the last day on which the consent counts"))
    elif given.granted_on <= on and given.until > _latest(given.granted_on):
        found.append(("until", f"is more than {MOST_YEARS} years after granted_on", "Shorten it"))
    return found


def _latest(granted_on: date) -> date:
    """The same day some years later; the first of March for the 29th of February."""
    try:
        return granted_on.replace(year=granted_on.year + MOST_YEARS)
    except ValueError:
        return date(granted_on.year + MOST_YEARS, 3, 1)


def _visible(moment: Moment, reference: str, caller: Caller, tenant: str | None) -> Consent:
    """The one consent with that reference that the caller may see."""
    found = consents.with_reference(moment.connection, reference)
    if caller.role in OF_A_BANK:
        found = [one for one in found if one.tenant == caller.tenant]
    else:
        found = [one for one in found if _covers(moment, caller, one)]
    if tenant is not None:
        found = [one for one in found if one.tenant == tenant]
    if not found:
        raise UnknownConsent
    if len(found) > 1:
        raise ConsentAmbiguous
    return found[0]


def _covers(moment: Moment, caller: Caller, consent: Consent) -> bool:
    household = moment.household(consent.household_id, on=civil_day(moment.known_at))
    return household is not None and caller.covers(household.village_code)
