"""Several workers behind one socket: uvicorn's supervisor, which starts a worker again that has ended."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from scoring.errors import LushiError
from serving.clock import Clock
from serving.telemetry.exposed import forget
from serving.telemetry.logs import get_logger

_LOG = get_logger("lushi.supervisor")
HUNG_SECONDS = 30.0
"""After so long without a sign of life a worker is ended and started again."""
_PATIENCE_SECONDS = 0.05


class Supervisor(Multiprocess):
    """Keeps the workers alive until SIGTERM or SIGINT, says when all answer, and counts those that ended by themselves.

    look_after: called twice a second. folder: of the workers' numbers, '' for none. clock: told to a worker that is started later, where it is not the machine's.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: list[socket.socket],
        *,
        ready: Callable[[], None],
        look_after: Callable[[], None],
        folder: str,
        clock: Clock | None,
    ) -> None:
        super().__init__(config, sockets)
        self._ready, self._look_after, self._folder, self._clock = ready, look_after, folder, clock
        self._told, self.restarts = False, 0
        self._heard: dict[Process, float] = {}

    def run(self) -> None:
        """Serve until asked to stop; open calls are finished first.

        Raises:
            LushiError: where a worker could not begin to serve.
        """
        with _light():
            super().run()
        if not self._told and any(process.exitcode == STARTUP_FAILURE for process in self.processes):
            raise LushiError("a worker could not start; the lines above say why")

    def numbers(self) -> tuple[int, int]:
        """How many workers there are, and how many ended by themselves."""
        return sum(process.process.is_alive() for process in self.processes), self.restarts

    def keep_subprocess_alive(self) -> None:
        """Start again what has ended or hangs; called twice a second, and never waits for a worker that is still starting."""
        if self.should_exit.is_set():
            return
        self._look_after()
        if self._clock is not None:
            os.environ["LUSHI_NOW"] = self._clock.now().isoformat()
        for place, process in enumerate(self.processes):
            if self._is_well(process):
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE and not self._told:
                self.should_exit.set()
                return
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()
            self._note_end(process)
        if not self._told and all(process.is_ready(_PATIENCE_SECONDS) for process in self.processes):
            self._told = True
            self._ready()

    def _is_well(self, process: Process) -> bool:
        """Whether a worker runs and has given a sign of life lately."""
        if not process.process.is_alive():
            return False
        now = time.monotonic()
        if process.ping(_PATIENCE_SECONDS):
            self._heard[process] = now
        return now - self._heard.setdefault(process, now) < HUNG_SECONDS

    def _note_end(self, process: Process) -> None:
        self._heard.pop(process, None)
        self.restarts += 1
        _LOG.warning("a worker ended and was started again", pid=process.pid, exit_code=process.exitcode)
        if self._folder and process.pid is not None:
            forget(process.pid, self._folder)

    def restart_all(self) -> None:
        """Exchange the workers one by one (SIGHUP): each ends once its successor answers."""
        before = {process.pid for process in self.processes}
        super().restart_all()
        gone = before - {process.pid for process in self.processes}
        _LOG.info("workers exchanged", count=len(gone))
        for pid in gone:
            if self._folder and pid is not None:
                forget(pid, self._folder)

    def handle_ttin(self) -> None:
        """Nothing: the database's connections are shared out among the workers that were asked for."""

    def handle_ttou(self) -> None:
        """Nothing, as :meth:`handle_ttin`."""


@contextmanager
def _light() -> Iterator[None]:
    """Processes started meanwhile do not import the command line, which they never use: they answer two seconds earlier."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
