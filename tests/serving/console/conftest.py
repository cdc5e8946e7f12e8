"""The console of a small synthetic county on a port of its own, people of every role, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from serving.console.app import create_site
from tests.serving.console.site import Site
from tests.serving.console.walk import County, walk_county
from tests.serving.console.workshop import furnish
from tests.serving.served import Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def site(make_county: Callable[[], Served]) -> Iterator[Site]:
    """The service with its console, answering on a port of this machine."""
    with _answering(make_county()) as found:
        yield found


@pytest.fixture(scope="session")
def workshop(make_county: Callable[[], Served], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same of a county with models, a report of the watch, drafts and a trial."""
    with _answering(furnish(make_county(), tmp_path_factory.mktemp("workshop"))) as found:
        yield found


@pytest.fixture(scope="session")
def moved_workshop(make_county: Callable[[], Served], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Another such county, whose models and policies tests move."""
    with _answering(furnish(make_county(), tmp_path_factory.mktemp("moved"))) as found:
        yield found


@pytest.fixture(scope="session")
def walked(make_county: Callable[[], Served], tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county with one of everything, where what anybody may type tries to be more than text; tests change nothing in it."""
    return walk_county(make_county(), tmp_path_factory.mktemp("walked"))


@contextmanager
def _answering(served: Served) -> Iterator[Site]:
    server = uvicorn.Server(uvicorn.Config(create_site(served.parts), port=0, log_config=None, access_log=False))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(served, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="module")  # while it is open no other test can run an event loop of its own
def browser() -> Iterator[Browser]:
    """Debian's Chromium; its tests are skipped where it is not installed."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: pages are not looked at (apt-get install chromium)")
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()
