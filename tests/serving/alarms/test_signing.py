"""Signatures are those of Standard Webhooks."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from serving.alarms.signing import headers, shown

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""Secret, id, time, body and signature of the test vector that the libraries of the standard share."""
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))


def test_the_vector_of_the_standard_is_signed_alike() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    said = headers(KEY, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}')
    assert said == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_key_is_shown_as_receivers_take_it() -> None:
    assert shown(KEY) == SECRET
