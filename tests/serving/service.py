"""``lushi serve`` as a process of its own on a county's database, and the faults that it must survive."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from feature_store.adapters import embedded
from tests.serving.county import Served


class Service:
    """The service on a free port. It is started at once; ``kill`` ends it as a crash would, and it comes back.

    settings: of the environment, beside the county's own.
    """

    def __init__(self, served: Served, **settings: str) -> None:
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")},
            "LUSHI_DATA": str(served.folder),
            "LUSHI_NOW": served.clock.moment.isoformat(),
            "LUSHI_PORT": str(self.port),
            **settings,
        }
        self.kills = 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, and wait until it listens."""
        process = subprocess.Popen([sys.executable, "-m", "lushi", "serve"], env=self._environment)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return process
            assert process.poll() is None, "the service ended by itself"
            time.sleep(0.1)
        raise AssertionError("the service did not start")

    def kill(self) -> None:
        """SIGKILL, then start it again."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait() == -signal.SIGKILL
        self.kills += 1
        self.process = self.start()

    def close(self) -> None:
        """End it for good."""
        self.process.kill()
        self.process.wait()


def restart_database(folder: Path, mode: str) -> None:
    """Restart the embedded server of a folder. mode: 'fast' ends every session; 'immediate' is a crash, with recovery."""
    server = embedded._server(folder)
    arguments = ("-w", "-D", str(server.pgdata), "-m", mode, "restart")
    embedded._wheel("pgexec").pgexec("pg_ctl", arguments, server.bin_path, user=server.system_user)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
