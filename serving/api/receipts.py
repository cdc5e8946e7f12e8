"""What a decision is answered with: its recorded content and the receipt beside it."""

from __future__ import annotations

import base64
import json

import orjson

from feature_store.adapters.closing_tables import Closing
from serving.ledger import tree
from serving.ledger.entries import Entry


def answer(entry: Entry, closing: Closing | None = None) -> bytes:
    """The entry's content, and the receipt: place in the log, what it says there, and the newest checkpoint.

    closing: how the decision ended, told beside the receipt; the entry does not commit to it.

    With the salt the caller can show that the log's entry is about this answer (``verify/check.py``). Of a content that was
    erased only the receipt is left.
    """
    recorded = {"decision_id": str(entry.decision_id), "erased": True}
    if entry.content is not None:
        recorded = json.loads(entry.content)
    receipt = {
        "log_index": entry.entry_no,
        "log_entry": entry.body.decode(),
        "leaf_hash": tree.leaf_hash(entry.body).hex(),
        "salt": base64.b64encode(entry.salt).decode() if entry.salt is not None else None,
        "checkpoint": entry.checkpoint,
    }
    return orjson.dumps(recorded | {"receipt": receipt} | ({"closing": closing_data(closing)} if closing else {}))


def closing_data(closing: Closing) -> dict[str, str]:
    """A closing as it is answered."""
    return {"cause": closing.cause, "recorded_at": closing.recorded_at.isoformat(), "by": closing.by}
