"""One of several workers: the application made anew in its own process, on the database that the parent prepared."""

from __future__ import annotations

import multiprocessing
import os
import signal
from threading import Thread

from fastapi import FastAPI

from serving.console.app import create_site
from serving.settings import read_settings
from serving.telemetry import logs
from serving.wiring import wire


def create() -> FastAPI:
    """The application of this process, from its environment: the parent has set there what all workers share.

    A worker whose parent is gone ends too: it would keep the port from the next start.
    """
    settings = read_settings(os.environ)
    logs.set_up(settings.log_level)
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    return create_site(wire(settings).joined())


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
