"""How a message is signed: Standard Webhooks 1.0.0, symmetric (https://www.standardwebhooks.com).

Signed is ``id.timestamp.body``; the key is shown as ``whsec_`` and Base64, a signature as ``v1,`` and Base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime


def shown(key: bytes) -> str:
    """The key as its receiver takes it into a library of Standard Webhooks."""
    return "whsec_" + base64.b64encode(key).decode()


def headers(key: bytes, *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """What an attempt brings beside the body. at: the time of the attempt, by which a receiver refuses old ones."""
    timestamp = str(int(at.timestamp()))
    mac = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }
