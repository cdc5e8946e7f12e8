"""The service, console and all, on a thread of the benchmark's own process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from benchmarks.load_county import LoadCounty
from serving.console.app import create_site
from serving.settings import read_settings
from serving.wiring import wire


@contextmanager
def served(county: LoadCounty) -> Iterator[int]:
    """Gives its port; stopped at the end.

    Raises:
        RuntimeError: where it does not start.
    """
    chosen = {name: value for name, value in county.settings.items() if name.startswith("LUSHI_")}
    parts = wire(read_settings(chosen))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_site(parts), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise RuntimeError("the service did not start")
                time.sleep(0.05)
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
            parts.close()
