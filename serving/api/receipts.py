"""What a decision is answered with: its recorded content and the receipt beside it."""

from __future__ import annotations

import base64
from typing import Any

import orjson

from serving.ledger import tree
from serving.ledger.entries import Entry


def answer(entry: Entry, afterwards: dict[str, Any] | None = None) -> bytes:
    """The entry's content, and the receipt: place in the log, what it says there, and the newest checkpoint.

    With the salt the caller can show that the log's entry is about this answer (``verify/check.py``). Of a content that was
    erased only the receipt is left.

    afterwards: what came after the decision; beside the receipt, and like it no part of what the entry commits to.
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
    # What was recorded goes out as it is, the receipt and what came afterwards as more members of the object.
    beside = b',"afterwards":' + orjson.dumps(afterwards) if afterwards is not None else b""
    return b'%s,"receipt":%s%s}' % (recorded.removesuffix(b"}"), orjson.dumps(receipt), beside)
