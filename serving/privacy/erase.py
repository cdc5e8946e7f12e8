"""One household erased at its own request (pipl art. 47), as far as nothing must be kept; what is kept is named with why."""

from __future__ import annotations

from dataclasses import dataclass

from feature_store.adapters import id_numbers, id_rotation, people, recording, retention
from feature_store.filing import civil_day
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.two_people import two_people
from serving.consents.scope import UnknownHousehold
from serving.ledger import log
from serving.privacy.retention_rules import BY_ID, DECISION_CONTENTS, PROCESSING_RECORDS, Rule
from serving.wiring import Parts

_MOST = 1_000_000
"""Decisions of one household looked at."""


class ErasureRefused(LushiError):
    """Nothing was erased; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: whether an ID number was kept, and contents of the log. kept: contents that stay, each with the rule that says so."""

    number: bool
    contents: int
    kept: tuple[tuple[int, Rule], ...]


def erase(household_id: str, parts: Parts, *, by: str, second: str, why: str) -> Erased:
    """Erase a household's ID number, its place in every index, and the contents of the log about it whose time is over.

    The log's entries stay, so every proof stays valid. What sources filed, and the loan book, go by their own rules
    (:mod:`serving.privacy.retention`).

    Raises:
        ErasureRefused: without two different people and a cause.
        UnknownHousehold: where no such household is registered.
        StoreUnavailable: where the database is away.
    """
    if faults := two_people(by, second, why):
        raise ErasureRefused("refused: " + "; ".join(faults))
    decisions, records = BY_ID[DECISION_CONTENTS], BY_ID[PROCESSING_RECORDS]
    with parts.store.writing() as connection:
        id_numbers.still(connection)
        now = recording.fix_known_at(connection, parts.clock.now)
        today = civil_day(now)
        found = people.find(connection, household_id, on=today, known_at=now)
        if found is None:
            raise UnknownHousehold
        rows = id_numbers.erase(connection, found.household_no)
        cutoff = decisions.cutoff(today)
        over = retention.decided(connection, cutoff=cutoff, after=-1, most=_MOST, household_no=found.household_no)
        gone = [one.entry_no for one in over]
        about = retention.about(connection, household_id)
        old = [index for index, _, at in about if civil_day(at) <= records.cutoff(today)]
        retention.erase_contents(connection, [*gone, *old])
        left = ((retention.decisions_kept(connection, found.household_no), decisions), (len(about) - len(old), records))
        kept = tuple((count, rule) for count, rule in left if count)
        content = canonical(
            {
                "by": by.strip(),
                "second": second.strip(),
                "why": why.strip(),
                "household_id": household_id,
                "number": bool(rows),
                "contents": len(gone) + len(old),
                "kept": {rule.id: count for count, rule in kept},
            }
        )
        log.append(connection, kind="household_erased", recorded_at=now, content=content)
    id_rotation.compact(parts.store.engine)
    return Erased(bool(rows), len(gone) + len(old), kept)
