"""Which households a caller may look at: a bank those that consented, the service network those of its area."""

from __future__ import annotations

from feature_store.adapters import consents
from feature_store.adapters.people import Registered
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK


class UnknownHousehold(LushiError):
    """No household with that id was registered by then, or none that the caller may look at."""

    def __init__(self, words: str = "no household with that id is registered; check the id") -> None:
        super().__init__(words)


def household_of(moment: Moment, household_id: str, caller: Caller) -> Registered:
    """The household, where the caller may look at it now.

    A bank needs a live consent of the household, whatever its purpose.

    Raises:
        UnknownHousehold: also where it is there but not for this caller: nobody learns which.
    """
    on = civil_day(moment.known_at)
    found = moment.household(household_id, on=on)
    if found is None or not sees(moment, found, caller):
        raise UnknownHousehold
    return found


def sees(moment: Moment, household: Registered, caller: Caller) -> bool:
    """Whether the caller may look at a household that is there."""
    if caller.role in OF_A_BANK:
        return consents.any_live(
            moment.connection, household.household_no, tenant=caller.tenant, on=civil_day(moment.known_at)
        )
    return caller.covers(household.village_code)
