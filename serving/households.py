"""Which household a caller may look at: what it may not see is answered like what is not there."""

from __future__ import annotations

from feature_store.adapters import people
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.errors import LushiError
from serving.access.callers import Caller


class UnknownHousehold(LushiError):
    """No household with that id was registered by then, or the caller may not look at it."""

    def __init__(self, words: str = "no household with that id is registered; check the id") -> None:
        super().__init__(words)


def seen(moment: Moment, household_id: str, *, caller: Caller) -> int:
    """The number of a household that lies where the caller may look.

    Raises:
        UnknownHousehold: where it is not registered, or lies elsewhere.
    """
    on = civil_day(moment.known_at)
    found = people.whereabouts(moment.connection, household_id, on=on, known_at=moment.known_at)
    if found is None or not caller.covers(found.village_code):
        raise UnknownHousehold
    return found.household_no
