"""ID numbers shown whole: each time an entry of the log, committed before anybody sees a number."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from feature_store.adapters import id_numbers, people
from feature_store.filing import civil_day
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.access.two_people import two_people
from serving.consents.scope import household_of
from serving.ledger import log
from serving.wiring import Parts

_SHOWN = 20
"""Lines named in one message."""


class NoIdNumber(LushiError):
    """No ID number is kept for a household that is there."""


class UnmaskingRefused(LushiError):
    """Numbers are not shown; the message says why, and the reasons are all of them."""


def unmask(household_id: str, parts: Parts, *, caller: Caller, reason: str) -> str:
    """A household's ID number. That the caller saw it, and why, is committed before this returns.

    Raises:
        UnknownHousehold: where it is not registered, or not in the caller's area.
        NoIdNumber: where no number is kept; then nothing is recorded.
        IdNumberUnreadable: where the number was changed behind the store, or its key is not at hand.
        StoreUnavailable: where the database is away.
    """
    with parts.store.moment(parts.clock.now) as moment:
        household_of(moment, household_id, caller)
        found = id_numbers.opened(moment.connection, [household_id], id_key=parts.id_key)
        if household_id not in found:
            raise NoIdNumber("no ID number is kept for this household: none was registered, or it was erased")
        who = {"client_id": caller.client_id, "tenant": caller.tenant, "role": caller.role.value}
        content = canonical(who | {"household_id": household_id, "reason": reason.strip()})
        log.append(moment.connection, kind="unmasked", recorded_at=moment.known_at, content=content)
    return found[household_id]


def households_of(parts: Parts, village_code: str) -> list[str]:
    """The households registered in a village today, by number.

    Raises:
        UnmaskingRefused: where nobody is registered there.
        StoreUnavailable: where the database is away.
    """
    with parts.store.moment(parts.clock.now) as moment:
        on = civil_day(moment.known_at)
        everybody = people.registered(moment.connection, on=on, known_at=moment.known_at)
    found = [str(it) for it in everybody.household_ids[everybody.villages == village_code]]
    if not found:
        raise UnmaskingRefused("no household is registered in a village with that code")
    return found


def unmask_many(household_ids: Sequence[str], parts: Parts, *, by: str, second: str, why: str) -> dict[str, str | None]:
    """The ID numbers of many households, None where none is kept; two different people answer for it.

    One entry of the log holds who, why, how many, and the SHA-256 of the households' ids in ascending order, each on a line.

    Raises:
        UnmaskingRefused: without two different people and a cause, and where a household is not registered.
        IdNumberUnreadable: where a number was changed behind the store, or its key is not at hand.
        StoreUnavailable: where the database is away.
    """
    reasons = two_people(by, second, why)
    asked = sorted(set(household_ids))
    if not asked:
        reasons.append("no household is named")
    with parts.store.moment(parts.clock.now) as moment:
        on = civil_day(moment.known_at)
        known = set(people.registered(moment.connection, on=on, known_at=moment.known_at).household_ids.tolist())
        strange = [place for place, it in enumerate(household_ids, start=1) if it not in known]
        if strange:
            places = ", ".join(map(str, strange[:_SHOWN])) + (" …" if len(strange) > _SHOWN else "")
            reasons.append(f"{len(strange)} households are not registered; in the list these: {places}")
        if reasons:
            raise UnmaskingRefused("refused: " + "; ".join(reasons))
        found = id_numbers.opened(moment.connection, asked, id_key=parts.id_key)
        digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()
        said = {"by": by.strip(), "second": second.strip(), "why": why.strip()}
        content = canonical(said | {"count": len(asked), "households_sha256": digest})
        log.append(moment.connection, kind="unmasked_in_bulk", recorded_at=moment.known_at, content=content)
    return {it: found.get(it) for it in asked}
