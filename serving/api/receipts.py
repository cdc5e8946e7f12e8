"""What a decision is answered with: its recorded content and the receipt beside it."""

from __future__ import annotations

import base64

import orjson

from serving.ledger import tree
from serving.ledger.entries import Entry


def answer(entry: Entry) -> bytes:
    """The entry's content, and the receipt: place in the log, what it says there, and the newest checkpoint.

    With the salt the caller can show that the log's entry is about this answer (``verify/check.py``). Of a content that was
    erased only the receipt is left.
    """
    recorded = entry.content
    if recorded is None:
        recorded = orjson.dumps({"decision_id": str(entry.decision_id), "erased": True})
    receipt = {
        "log_index": entry.entry_no,
        "log_entry": entry.body.decode(),
        "leaf_hash": tree.leaf_hash(entry.body).hex(),
        "salt": base64.b64encode(entry.salt).decode() if entry.salt is not None else None,
        "checkpoint": entry.checkpoint,
    }
    # What was recorded goes out as it is, the receipt as one more member of the object.
    return b'%s,"receipt":%s}' % (recorded.removesuffix(b"}"), orjson.dumps(receipt))
