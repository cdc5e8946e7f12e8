"""``lushi serve``, ``lushi stop`` and ``lushi replay``."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

import typer
import uvicorn

from feature_store.adapters import embedded
from scoring.errors import LushiError
from serving.api.app import create_app
from serving.commands import replay
from serving.settings import Settings
from serving.wiring import Parts


def register(app: typer.Typer, wired: Callable[[], Parts], settings: Callable[[], Settings]) -> None:
    """Add the commands to the program."""

    @app.command("serve")
    def serve() -> None:
        """Answer banks over HTTP until stopped (Ctrl-C). Address and port: LUSHI_HOST, LUSHI_PORT."""
        parts = wired()
        run(
            parts,
            ready=lambda: typer.echo(
                f"serving on http://{parts.settings.host}:{parts.settings.port}; stop with Ctrl-C"
            ),
        )

    @app.command("stop")
    def stop() -> None:
        """Stop the embedded database of LUSHI_DATA, where one is still running."""
        folder = settings().data / "postgres"
        stopped = embedded.stop(folder)
        typer.echo(f"the embedded database in {folder} is stopped" if stopped else f"none was running in {folder}")

    replay.register(app, wired)


GRACE_SECONDS = 10
"""Longest that open calls may take to finish once the service was asked to stop."""


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def check_port(settings: Settings) -> None:
    """Find out early whether the service can listen where it is set to.

    Raises:
        LushiError: where the port is taken.
    """
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            where = f"{settings.host}:{settings.port}"
            raise LushiError(f"{where} cannot be listened on; set LUSHI_PORT to a free port") from None


def run(parts: Parts, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; open calls are finished first. ``ready`` is called once it answers.

    Raises:
        LushiError: where the port is taken.
    """
    host, port = parts.settings.host, parts.settings.port
    check_port(parts.settings)
    with parts.store.moment(parts.clock.now):
        pass
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again once it has stopped
        signal.signal(number, lambda *_: None)
    config = uvicorn.Config(
        create_app(parts),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _Server(config, ready).run()
