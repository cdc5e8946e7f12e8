"""HTTP/1.1 on the wire: what cannot be read as a request is answered with a problem too, and a head must arrive in time."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import h11
from fastapi.responses import JSONResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.api.problems import problem
from serving.api.request_form import MOST_ADDRESS_BYTES, MOST_HEADER_BYTES, MOST_HEADERS

MOST_HEAD_SECONDS = 10.0
"""Longest that the head of a request may take to arrive."""


class Protocol(H11Protocol):
    """uvicorn's protocol with this service's refusals."""

    _late: asyncio.TimerHandle | None = None
    _begun = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first head."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Read on; the time of a head runs from its first byte until it is whole."""
        self._begun = True
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_head()
        elif self._late is None and self.conn.our_state is h11.IDLE:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is expected."""
        self._forget_head()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next head may take its own time."""
        self._begun = False
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, with the reason that h11 gives while it is handled."""
        if getattr(sys.exception(), "error_status_hint", 400) == 431:
            words = f"A request has at most {MOST_HEADERS} headers with {MOST_HEADER_BYTES} bytes together."
            self._refuse(problem(431, "headers-too-large", words))
        else:
            self._refuse(problem(400, "unreadable", "This is not a request in HTTP/1.1. Correct it."))

    def _expect_head(self) -> None:
        self._late = self.loop.call_later(MOST_HEAD_SECONDS, self._head_is_late)

    def _forget_head(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _head_is_late(self) -> None:
        self._late = None
        if self._begun:
            words = f"Send the head of a request within {MOST_HEAD_SECONDS:.0f} seconds."
            self._refuse(problem(408, "too-slow", words))
        else:
            self.transport.close()

    def _refuse(self, answer: JSONResponse) -> None:
        """Answer, where nothing was answered yet, and hang up."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # whatever the application still says comes too late
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            head = h11.Response(
                status_code=answer.status_code, headers=[*answer.raw_headers, (b"connection", b"close")]
            )
            for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


WIRE: dict[str, Any] = {
    "http": Protocol,
    "h11_max_incomplete_event_size": MOST_HEADER_BYTES + MOST_ADDRESS_BYTES + 1_024,
    "ws": "none",
    "server_header": False,
}
"""Options of uvicorn for this protocol."""
