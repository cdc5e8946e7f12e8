"""What the webhook is told: one message for each entry of the log, kept with it in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

import orjson

from feature_store.adapters import webhooks
from feature_store.adapters.log_tables import Connection

Type = Literal["alarm.raised", "alarm.cleared", "opinion.suspended", "opinion.resumed"]
MOST_LINES = 5
"""Lines of an alarm that a message holds, in each language."""
MOST_NAMED = 100
"""Ids of what an alarm is about that a message holds; the log has all of them."""


def keep(
    connection: Connection, of: Type, *, log_name: str, log_index: int, now: datetime, data: dict[str, Any]
) -> None:
    """Keep a message about an entry; it is delivered once it is committed, whenever the receiver can be reached.

    log_name: of this installation's log, so that a receiver of several can tell them apart.
    """
    body = {
        "type": of,
        "timestamp": now.astimezone(UTC).isoformat(),
        "log": log_name,
        "data": {"log_index": log_index, **data},
    }
    # Random, and without a full stop, which parts what is signed.
    message_id = f"msg_{uuid4().hex}"
    webhooks.add(connection, message_id=message_id, entry_no=log_index, body=orjson.dumps(body), now=now)
