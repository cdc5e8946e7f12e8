"""The challenger's files or their store are spoiled: binding answers go on as before to the byte, and in time."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from serving.api import app as application
from serving.challenger.load import ABOUT, MODEL
from tests.fakes import models
from tests.serving import registered
from tests.serving.advised import NO_ROOM, SET, Advised, part_of
from tests.serving.processes import Service
from tests.serving.served import Served, ask

TIMEOUT_MS = 250
"""As the service is set by default."""
SLACK_SECONDS = 2.0
"""What a call may take beside its opinion where the machine is busy with other tests."""


class Store:
    """A real MLflow store with one promoted version, and the county that it advises."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.advised, self.folder = Advised(served), folder
        self.alone = {it: self.advised.binding(it)[0] for it in served.ids()[:4]}
        artefact = models.artefact(SET)
        registered.promote(served, registered.register(folder, artefact), artefact)

    def file(self, name: str) -> Path:
        """A file of the version."""
        (found,) = self.folder.glob(f"*/artifacts/challenger/{name}")
        return found

    def start(self, uri: str | None = None, *, timeout_ms: int = NO_ROOM) -> None:
        """A process of its own would begin like this: nothing of the model is loaded."""
        registered.use(self.advised.served, uri or registered.uri_of(self.folder), timeout_ms=timeout_ms)

    def advice(self) -> list[dict[str, Any]]:
        """What is advised on every household, each answer held against the one without any model, and timed."""
        found = []
        for household_id, before in self.alone.items():
            began = time.monotonic()
            after, advice = self.advised.binding(household_id)
            limit = self.advised.served.parts.challengers.timeout_ms / 1000 + SLACK_SECONDS
            assert time.monotonic() - began < limit
            assert after == before
            found.append(advice)
        return found

    def reasons(self) -> set[str]:
        return {it.get("reason", it["status"]) for it in self.advice()}


@pytest.fixture(scope="module")
def store(make_county: Callable[..., Served], tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(make_county(), tmp_path_factory.mktemp("registry") / "mlruns")


@pytest.fixture
def kept(store: Store, tmp_path: Path) -> Iterator[Store]:
    """The store, put back afterwards as it was."""
    shutil.copytree(store.folder, tmp_path / "copy")
    yield store
    shutil.rmtree(store.folder, ignore_errors=True)
    shutil.copytree(tmp_path / "copy", store.folder)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "model truncated": (MODEL, _truncate, "wrong_hash"),
    "one bit of the model flipped": (MODEL, _flip, "wrong_hash"),
    "model empty": (MODEL, lambda path: path.write_bytes(b""), "wrong_hash"),
    "model gone": (MODEL, Path.unlink, "model_missing"),
    "a folder in the model's place": (MODEL, _replace_by_folder, "model_missing"),
    "description truncated": (ABOUT, _truncate, "wrong_hash"),
    "one bit of the description flipped": (ABOUT, _flip, "wrong_hash"),
    "description gone": (ABOUT, Path.unlink, "model_missing"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_file_costs_the_opinion_and_nothing_else(kept: Store, what: str) -> None:
    name, spoil, reason = SPOILED[what]
    kept.start()
    assert kept.reasons() == {"given"}
    spoil(kept.file(name))
    assert kept.reasons() == {"given"}, "what was checked and loaded goes on"
    kept.start()
    assert kept.reasons() == {reason}, "what is loaded anew is checked anew"


def _garbage(folder: Path) -> None:
    (folder / "mlflow.db").write_bytes(b"this is no database" * 1000)


def _cut(folder: Path) -> None:
    _truncate(folder / "mlflow.db")


GONE: dict[str, Callable[[Path], object]] = {
    "the whole folder": shutil.rmtree,
    "the database": lambda folder: (folder / "mlflow.db").unlink(),
    "the database overwritten": _garbage,
    "the database cut in half": _cut,
    "the artefacts": lambda folder: [shutil.rmtree(it) for it in folder.iterdir() if it.is_dir()],
}


@pytest.mark.parametrize("what", GONE)
def test_a_store_that_is_gone_costs_the_opinion_and_nothing_else(kept: Store, what: str) -> None:
    kept.start()
    assert kept.reasons() == {"given"}
    GONE[what](kept.folder)
    assert kept.reasons() == {"given"}, "what was checked and loaded goes on"
    kept.start()
    # SQLite keeps pages in this process's memory: it may not notice what happened to the file, and the model is whole.
    assert kept.reasons() == {"model_missing"} or ("database " in what and kept.reasons() == {"given"})


@pytest.mark.slow
@pytest.mark.parametrize("what", ["the database overwritten"])
def test_a_service_that_starts_without_its_store_gives_binding_answers(kept: Store, what: str, tmp_path: Path) -> None:
    GONE[what](kept.folder)
    served = kept.advised.served
    service = Service(served, tmp_path, LUSHI_MLRUNS=str(kept.folder))
    try:
        service.wait_until_ready()
        with httpx2.Client(base_url=service.base, headers=served.key(), timeout=10) as client:
            for household_id, before in kept.alone.items():
                answer = client.post("/v1/decisions", json=ask(household_id))
                assert answer.status_code == 201, answer.text
                assert part_of(answer.json()) == before
                assert answer.json()["advisory"] == {"status": "unavailable", "reason": "model_missing"}
    finally:
        service.end()


@contextmanager
def _deaf() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        for one in taken:
            one.close()


def _refusing() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_registry_that_refuses_connections_is_not_waited_for(store: Store) -> None:
    store.start(_refusing(), timeout_ms=TIMEOUT_MS)
    first = store.reasons()
    assert first <= {"loading", "model_missing"}
    deadline = time.monotonic() + 60
    while store.reasons() != {"model_missing"}:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_registry_that_never_answers_holds_up_neither_calls_nor_the_start(store: Store) -> None:
    with _deaf() as uri:
        store.start(uri, timeout_ms=TIMEOUT_MS)
        began = time.monotonic()
        with store.advised.served.client as client:
            assert client.get("/livez").status_code == 200
            assert time.monotonic() - began < application.WARM_MS / 1000 + SLACK_SECONDS
            assert store.reasons() == {"loading"}
