"""Headers that every answer carries: nothing is stored on the way, nothing is taken for what it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.api.problems import SAFE


class SafeHeaders:
    """Middleware: adds headers where the answer does not set them itself. vary: headers of the request on which it depends."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = SAFE, vary: Sequence[str] = ()) -> None:
        self._app, self._headers, self._vary = app, headers, vary

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and its answer back."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                for name in self._vary:
                    headers.add_vary_header(name)
            await send(message)

        await self._app(scope, receive, sending)
