"""A household found by its ID number: by the index of the caller's own tenant, or the county's within the caller's area."""

from __future__ import annotations

from feature_store.adapters import id_numbers
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from feature_store.id_cipher import COUNTY, REGISTRATION, SEARCH
from feature_store.identity import wrong_with
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK
from serving.consents.scope import UnknownHousehold, household_of
from serving.wiring import Parts

_NOT_FOUND = "no household that this key may look for has that ID number; check the number"


class IdNumberInvalid(LushiError):
    """What was sent is no ID number; the message says why and never repeats it."""


def search(number: str, parts: Parts, *, caller: Caller) -> str:
    """The id of the household that has an ID number.

    A bank finds whoever consents to it, by its own index from the second time on; the county's people find whoever is
    registered in their area.

    Raises:
        IdNumberInvalid: where it is no ID number.
        UnknownHousehold: where the caller finds nobody; the words are the same whoever has the number.
        StoreUnavailable: where the database is away.
    """
    now = parts.clock.now()
    if (what := wrong_with(number, today=civil_day(now))) is not None:
        raise IdNumberInvalid(f"this is not a valid ID number: {what}; copy it from the ID card again")
    of_bank = caller.role in OF_A_BANK
    with parts.store.looking(now) as moment:
        held = _find(moment, number, parts, *((caller.tenant, SEARCH) if of_bank else (COUNTY, REGISTRATION)))
        found = held or _find(moment, number, parts, COUNTY, REGISTRATION)
        if found is None:
            raise UnknownHousehold(_NOT_FOUND)
        try:
            household_of(moment, found, caller)
        except UnknownHousehold:
            raise UnknownHousehold(_NOT_FOUND) from None
    if of_bank and held is None:  # it consented since: from now on the bank's own index finds it
        with parts.store.writing() as connection:
            id_numbers.index_for(connection, found, tenant=caller.tenant, purpose=SEARCH, id_key=parts.id_key)
    return found


def check_seen(household_id: str, parts: Parts, *, caller: Caller) -> None:
    """Make sure that a household is there and that the caller may look at it.

    Raises:
        UnknownHousehold: where it is not, or may not: nobody learns which.
        StoreUnavailable: where the database is away.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        household_of(moment, household_id, caller)


def _find(moment: Moment, number: str, parts: Parts, tenant: str, purpose: str) -> str | None:
    key = parts.id_key
    found = id_numbers.find(moment.connection, number, tenant=tenant, purpose=purpose, id_key=key)
    if found is None and parts.id_key != key:  # keys began to change in between
        found = id_numbers.find(moment.connection, number, tenant=tenant, purpose=purpose, id_key=parts.id_key)
    return found
