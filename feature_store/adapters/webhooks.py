"""What a webhook is told: messages kept with their cause, and every attempt to deliver them. Only ever appended to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from feature_store.adapters.alarm_tables import webhook_attempts, webhook_messages

__all__ = ["Connection"]

State = Literal["delivered", "waiting", "given_up"]
_OPEN = """
    FROM webhook_messages m
    WHERE NOT EXISTS (SELECT FROM webhook_attempts e WHERE e.message_id = m.message_id AND e.outcome <> 'failed')"""
_DUE = sa.text(f"""
    SELECT * FROM (
        SELECT m.message_id, m.entry_no, m.body, m.recorded_at,
               (SELECT count(*) FROM webhook_attempts t WHERE t.message_id = m.message_id) AS tries,
               (SELECT max(next_at) FROM webhook_attempts t WHERE t.message_id = m.message_id) AS next_at {_OPEN}) waiting
    WHERE next_at IS NULL OR next_at <= :now ORDER BY tries, entry_no LIMIT :most""")
_OVERDUE = sa.text(f"SELECT m.message_id {_OPEN} AND m.recorded_at < :before ORDER BY m.entry_no")
_STATE = """
    SELECT m.entry_no, coalesce(e.outcome, 'waiting') AS state FROM webhook_messages m
    LEFT JOIN webhook_attempts e ON e.message_id = m.message_id AND e.outcome <> 'failed'"""
_STATES = sa.text(f"{_STATE} WHERE m.entry_no = ANY(:entries)")
_COUNTS = sa.text(f"SELECT state, count(*) FROM ({_STATE}) every GROUP BY state")


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is due. body: the bytes that every attempt sends; tries: attempts so far."""

    message_id: str
    entry_no: int
    body: bytes
    recorded_at: datetime
    tries: int


def add(connection: Connection, *, message_id: str, entry_no: int, body: bytes, now: datetime) -> None:
    """Keep a message, in the transaction of what it tells of."""
    row = {"message_id": message_id, "entry_no": entry_no, "body": body, "recorded_at": now}
    connection.execute(webhook_messages.insert(), row)


def due(connection: Connection, *, now: datetime, most: int) -> list[Message]:
    """Messages to be tried now: neither delivered nor given up, those with the fewest tries first."""
    rows = connection.execute(_DUE, {"now": now, "most": most})
    return [Message(row.message_id, row.entry_no, bytes(row.body), row.recorded_at, row.tries) for row in rows]


def overdue(connection: Connection, *, before: datetime) -> list[str]:
    """Ids of messages of before a time that were neither delivered nor given up."""
    return list(connection.execute(_OVERDUE, {"before": before}).scalars())


def mark(
    connection: Connection,
    message_id: str,
    outcome: Literal["delivered", "failed", "given_up"],
    *,
    now: datetime,
    cause: str = "",
    next_at: datetime | None = None,
) -> None:
    """Append how an attempt ended; nothing where the message has ended meanwhile. next_at: of a failed one alone."""
    row = {"message_id": message_id, "outcome": outcome, "cause": cause, "tried_at": now, "next_at": next_at}
    connection.execute(insert(webhook_attempts).values(row).on_conflict_do_nothing())


def states(connection: Connection, entries: Iterable[int]) -> dict[int, State]:
    """By entry of the log, whether what it tells was delivered; entries that tell nobody are missing."""
    return {row.entry_no: row.state for row in connection.execute(_STATES, {"entries": list(entries)})}


def counts(connection: Connection) -> dict[State, int]:
    """How many messages there are of each state."""
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(_COUNTS)}
    return {
        "delivered": found.get("delivered", 0),
        "waiting": found.get("waiting", 0),
        "given_up": found.get("given_up", 0),
    }
