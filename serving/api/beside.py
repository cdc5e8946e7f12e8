"""Pages and API on one port: what lies under the console's path is the console's, all else the API's."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/console"


class Beside:
    """Middleware: hands what lies under :data:`PATH` to the console."""

    def __init__(self, app: ASGIApp, console: ASGIApp) -> None:
        self._app, self._console = app, console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the call on to either."""
        path = scope.get("path", "")
        ours = scope["type"] == "http" and (path == PATH or path.startswith(f"{PATH}/"))
        await (self._console if ours else self._app)(scope, receive, send)
