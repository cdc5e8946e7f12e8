"""What operators list of households' rights, whoever recorded it."""

from __future__ import annotations

from feature_store.adapters import consents, people
from feature_store.adapters.consents import Consent
from serving.scope import UnknownHousehold
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
