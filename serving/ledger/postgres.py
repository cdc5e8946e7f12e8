"""Decisions in the ledger: recorded in one transaction with their entry of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from feature_store.adapters.fact_tables import households
from feature_store.adapters.service_tables import checkpoints, decisions, log_contents, log_entries
from feature_store.adapters.store import Moment
from feature_store.adapters.together import Asked, Sent
from serving.access.callers import Caller
from serving.ledger import log
from serving.ledger.entries import Entry, UnknownDecision

_RECORD = Asked("""
    INSERT INTO decisions (entry_no, decision_id, household_no, tenant, checkpoint_size, recorded_at, offered, offered_until)
    SELECT n.entry_no, n.decision_id, h.household_no, n.tenant, c.size, n.recorded_at, n.offered_until IS NOT NULL,
           n.offered_until
    FROM unnest(CAST(:entries AS bigint[]), CAST(:decisions AS uuid[]), CAST(:households AS text[]), CAST(:tenants AS text[]),
                CAST(:times AS timestamptz[]), CAST(:until AS timestamptz[]))
         AS n (entry_no, decision_id, household_id, tenant, recorded_at, offered_until)
    JOIN households h USING (household_id)
    LEFT JOIN (SELECT size FROM checkpoints ORDER BY size DESC LIMIT 1) c ON true
    RETURNING entry_no, (SELECT note FROM checkpoints WHERE size = checkpoint_size) AS checkpoint""")
_ENTRIES = (
    sa.select(
        decisions.c.entry_no,
        decisions.c.decision_id,
        decisions.c.tenant,
        log_contents.c.content,
        log_entries.c.body,
        log_contents.c.salt,
        checkpoints.c.note,
    )
    .join(log_entries, log_entries.c.index == decisions.c.entry_no)
    .outerjoin(log_contents, log_contents.c.index == decisions.c.entry_no)
    .outerjoin(checkpoints, checkpoints.c.size == decisions.c.checkpoint_size)
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision to be recorded. offered_until: until when its terms stand; None where it offers none."""

    decision_id: UUID
    household_id: str
    tenant: str
    offered_until: datetime | None
    content: bytes


def append(moment: Moment, decided: Sequence[Decided], along: Sequence[Sent] = ()) -> list[Entry]:
    """Record decisions inside the moment's transaction, in their order; they stand once that commits. along: what is sent with them."""
    at = moment.known_at

    def record(first: int) -> list[Sent]:
        values = {
            "entries": list(range(first, first + len(decided))),
            "decisions": [it.decision_id for it in decided],
            "households": [it.household_id for it in decided],
            "tenants": [it.tenant for it in decided],
            "times": [at] * len(decided),
            "until": [it.offered_until for it in decided],
        }
        return [(_RECORD, values), *along]

    contents = [it.content for it in decided]
    appended, rows = log.append_each(moment.connection, contents, kind="decision", recorded_at=at, along=record)
    notes = {row.entry_no: row.checkpoint for row in rows[0]}
    return [
        Entry(new.index, it.decision_id, it.tenant, it.content, new.body, new.salt, notes[new.index])
        for it, new in zip(decided, appended, strict=True)
    ]


def find(moment: Moment, decision_id: UUID) -> Entry | None:
    """The entry of a decision; None where there is none."""
    row = moment.connection.execute(_ENTRIES.where(decisions.c.decision_id == decision_id)).one_or_none()
    return _entry(row) if row else None


class Whose(NamedTuple):
    """Whose a decision is: the household's number, and the bank (None before callers were told apart)."""

    household_no: int
    tenant: str | None


def whose(moment: Moment, decision_id: UUID) -> Whose | None:
    """Whose a decision is; None where there is none."""
    query = sa.select(decisions.c.household_no, decisions.c.tenant).where(decisions.c.decision_id == decision_id)
    row = moment.connection.execute(query).one_or_none()
    return None if row is None else Whose(row.household_no, row.tenant)


def seen_by(moment: Moment, decision_id: UUID, caller: Caller | None) -> Entry:
    """The entry of a decision that a caller may see; None for the operator, who sees every one.

    Raises:
        UnknownDecision: where there is none.
    """
    entry = find(moment, decision_id)
    if entry is None or not (caller is None or caller.sees(entry.tenant)):
        raise UnknownDecision
    return entry


def latest(moment: Moment, household_id: str, *, seen_by: Caller) -> UUID | None:
    """The household's newest decision that a caller may see; None where there is none."""
    seen = sa.true() if seen_by.sees_every_tenant else decisions.c.tenant == seen_by.tenant
    found: UUID | None = moment.connection.execute(
        sa.select(decisions.c.decision_id)
        .join(households, households.c.household_no == decisions.c.household_no)
        .where(households.c.household_id == household_id, seen)
        .order_by(decisions.c.recorded_at.desc(), decisions.c.entry_no.desc())
        .limit(1)
    ).scalar_one_or_none()
    return found


def of_household(moment: Moment, household_no: int) -> list[Entry]:
    """Every decision on a household, newest first."""
    query = _ENTRIES.where(decisions.c.household_no == household_no).order_by(decisions.c.entry_no.desc())
    return [_entry(row) for row in moment.connection.execute(query)]


def sample(moment: Moment, most: int) -> list[UUID]:
    """Ids of decisions chosen at random, at most so many (all of them where there are fewer)."""
    query = sa.select(decisions.c.decision_id).order_by(sa.func.random()).limit(most)
    return list(moment.connection.execute(query).scalars())


def _entry(row: Any) -> Entry:
    content, salt = (None if it is None else bytes(it) for it in (row.content, row.salt))
    return Entry(row.entry_no, row.decision_id, row.tenant, content, bytes(row.body), salt, row.note)
