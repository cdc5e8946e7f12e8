"""The service from its start to its end: what it listens on, its metrics, and one process or several that answer."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn

from feature_store.adapters.connect import USUAL_CONNECTIONS
from scoring.errors import LushiError
from serving.api.http_protocol import WIRE
from serving.clock import SystemClock
from serving.commands.supervisor import Supervisor
from serving.console.app import create_site
from serving.operations.database_kept import look_after
from serving.operations.gauges import Gauges
from serving.settings import Settings
from serving.telemetry import logs
from serving.telemetry.exposed import FOLDER, PortTaken, exposition, serve_metrics
from serving.tls import check_tls
from serving.wiring import Parts

GRACE_SECONDS = 10
"""Longest that open calls may take to finish once the service was asked to stop."""
READY_SECONDS = 60
"""Longest that a fresh worker may take when the workers are exchanged one by one (SIGHUP)."""
MOST_WORKERS = 16
SHARED_CONNECTIONS = 80
"""Connections to the database that all workers share; PostgreSQL allows 100 where nothing else is set."""
METRICS_PORT = 9464
"""Of ``lushi serve`` where nothing is set."""
_LOG = logs.get_logger("lushi.service")


def address(settings: Settings) -> str:
    """Where the service can be called."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{settings.port}"


def check_port(settings: Settings) -> None:
    """Find out early whether the service can listen where it is set to.

    Raises:
        LushiError: where the port is taken.
    """
    bound(settings).close()


def run(parts: Parts, ready: Callable[[], None], *, workers: int = 1, usual_metrics_port: int = 0) -> None:
    """Serve until SIGINT or SIGTERM; open calls are finished first. ``ready`` is called once it answers.

    workers: processes that answer. usual_metrics_port: where LUSHI_METRICS_PORT is not set; 0 for none.

    Raises:
        LushiError: where the port is taken, or certificate and key cannot be used.
    """
    settings = parts.settings
    logs.set_up(settings.log_level)
    config = _config(settings, workers)
    with ExitStack() as stack:
        listening = stack.enter_context(bound(settings))
        with parts.store.moment(parts.clock.now):  # the database is started, and its tables are the newest
            pass
        if workers == 1:
            stack.enter_context(_metrics(Gauges(parts), settings, usual_metrics_port, folder=None))
            _one(parts, config, listening, ready)
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lushi-metrics-"))
        stack.enter_context(_environment(_shared(parts, workers) | {FOLDER: folder}))
        clock = None if isinstance(parts.clock, SystemClock) else parts.clock
        supervisor = Supervisor(
            config,
            [listening],
            ready=ready,
            look_after=lambda: look_after(settings),
            folder=folder,
            clock=clock,
        )
        gauges = Gauges(parts, supervisor.numbers)
        stack.enter_context(_metrics(gauges, settings, usual_metrics_port, folder=folder))
        _LOG.info("service starts", workers=workers, address=address(settings))
        supervisor.run()
        _LOG.info("service stopped")


def _config(settings: Settings, workers: int) -> uvicorn.Config:
    tls: dict[str, Any] = {}
    if settings.tls_cert is not None and settings.tls_key is not None:
        end = check_tls(settings.tls_cert, settings.tls_key, now=SystemClock().now())
        _LOG.info("TLS certificate read", ends=f"{end:%Y-%m-%d}")
        tls = {"ssl_certfile": str(settings.tls_cert), "ssl_keyfile": str(settings.tls_key)}
    return uvicorn.Config(
        "serving.worker:create",
        factory=True,
        workers=workers,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=READY_SECONDS,
        **WIRE,
        **tls,
    )


def _one(parts: Parts, config: uvicorn.Config, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answer in this process."""
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again once it has stopped
        signal.signal(number, lambda *_: None)
    config.app, config.factory = create_site(parts), False
    _LOG.info("service starts", workers=1, address=address(parts.settings))
    _Server(config, ready).run([listening])
    _LOG.info("service stopped")


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def bound(settings: Settings) -> socket.socket:
    """The socket that the service listens on, bound once."""
    # The protocol is named so that asyncio sends small packets at once; else an answer can wait 40 ms for its second half.
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
    except OSError:
        found.close()
        where = f"{settings.host}:{settings.port}"
        raise LushiError(f"{where} cannot be listened on; set LUSHI_PORT to a free port") from None
    found.set_inheritable(True)
    return found


def _shared(parts: Parts, workers: int) -> dict[str, str]:
    """What workers find in their environment: the database as it runs, each one's share of its connections."""
    found = {"LUSHI_DATABASE_URL": parts.store.engine.url.render_as_string(hide_password=False)}
    if parts.settings.database_connections is None:
        found["LUSHI_DATABASE_CONNECTIONS"] = str(min(USUAL_CONNECTIONS, SHARED_CONNECTIONS // workers))
    return found


@contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    """This process's environment with changes, which its workers inherit."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _metrics(gauges: Gauges, settings: Settings, usual: int, *, folder: str | None) -> Iterator[None]:
    """The metrics on their port; a port that was set and is taken ends the start, the usual one is done without.

    Raises:
        PortTaken: where the port that was set cannot be listened on.
    """
    port = usual if settings.metrics_port is None else settings.metrics_port
    if not port:
        yield
        return
    try:
        close = serve_metrics(settings.metrics_host, port, exposition(folder, [gauges]))
    except PortTaken as taken:
        if settings.metrics_port is not None:
            raise
        _LOG.warning("no metrics", why=logs.said(taken))
        yield
        return
    try:
        yield
    finally:
        close()
