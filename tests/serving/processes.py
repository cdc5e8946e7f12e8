"""``lushi serve`` as processes of its own, for the tests that kill and stop it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import psutil

from feature_store.adapters import embedded
from tests.serving.served import Served

START_SECONDS = 120
"""Longest that a start may take on a machine that many share."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], bool], *, seconds: float = START_SECONDS) -> float:
    """Wait until something is so; how long that took, in seconds."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "it did not come about in time"
        time.sleep(0.02)
    return time.monotonic() - began


class Service:
    """The service on a county's database; ``settings`` are further ones, by name."""

    def __init__(self, served: Served, folder: Path, *options: str, **settings: str) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        self._log, self._out = folder / "service.log", folder / "service.out"
        self.base, self.kills = f"http://127.0.0.1:{self.port}", 0
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
        ours = {
            "LUSHI_DATA": str(served.folder),
            "LUSHI_NOW": served.clock.moment.isoformat(),
            "LUSHI_PORT": str(self.port),
            "LUSHI_METRICS_PORT": str(self.metrics_port),
            "LUSHI_CALLS_PER_SECOND": "10000",
        }
        self._command, self._environment = [sys.executable, "-m", "lushi", "serve", *options], clean | ours | settings
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log, self._out.open("wb") as out:
            return subprocess.Popen(self._command, env=self._environment, stdout=out, stderr=log)

    def kill(self) -> None:
        """SIGKILL the whole service, start it again, and wait until it is ready."""
        self.process.kill()
        assert self.process.wait() == -signal.SIGKILL
        self.kills += 1
        self.process = self._start()
        self.wait_until_ready()

    def kill_worker(self) -> None:
        """SIGKILL the worker that has been there longest; whoever looks after the workers starts another."""
        self.workers()[0].kill()
        self.kills += 1

    @property
    def log(self) -> str:
        """What the process log holds so far."""
        return self._log.read_text(encoding="utf-8")

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        found = [json.loads(line) for line in self.log.splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in found if line["event"] == event]

    def wait_until_ready(self) -> float:
        """Wait until it says that it answers; seconds."""

        def ready() -> bool:
            assert self.process.poll() is None, self.log
            return "serving on" in self._out.read_text(encoding="utf-8")

        return wait_for(ready)

    @property
    def said(self) -> str:
        """What it printed."""
        return self._out.read_text(encoding="utf-8")

    def workers(self) -> list[psutil.Process]:
        """Its worker processes, oldest first."""
        children = psutil.Process(self.process.pid).children()
        found = [one for one in children if any("spawn_main" in part for part in _command(one))]
        return sorted(found, key=lambda one: one.create_time())

    def metrics(self) -> dict[str, float]:
        """Every sample of the metrics by name and labels."""
        text = httpx2.get(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=20).text
        rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in rows}

    def end(self) -> None:
        """Kill whatever of it still runs."""
        for one in [*_family(self.process.pid), self.process]:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait()


def restart_database(folder: Path, mode: str) -> None:
    """Restart the embedded server of a folder. mode: 'fast' ends every session; 'immediate' is a crash, with recovery."""
    server = embedded._server(folder)
    arguments = ("-w", "-D", str(server.pgdata), "-m", mode, "restart")
    embedded._wheel("pgexec").pgexec("pg_ctl", arguments, server.bin_path, user=server.system_user)


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def _family(pid: int) -> list[psutil.Process]:
    try:
        return [one for one in psutil.Process(pid).children() if any("spawn_main" in part for part in _command(one))]
    except psutil.NoSuchProcess:
        return []
