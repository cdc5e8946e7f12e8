"""Whether the service is ready: every part that can be missing, one by one, and what is said of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from scoring.policy.in_force import Policies
from scoring.policy.load import ROOT
from serving.api.app import create_app
from serving.operations.checkpoints import checkpoint_now
from serving.operations.readiness import Readiness
from serving.wiring import Parts
from tests.fakes.models import artefact
from tests.serving.advised import SET, Advised
from tests.serving.served import NOW, Served, ask


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose log and clock these tests disturb, with some decisions under a checkpoint."""
    found = make_county()
    for household in found.ids()[:5]:
        assert found.client.post("/v1/decisions", json=ask(household)).status_code == 201
    checkpoint_now(found.parts)
    return found


def _ready(served: Served, parts: Parts | None = None) -> Any:
    """The answer of a service that looks for the first time."""
    client = TestClient(create_app(parts or served.parts), raise_server_exceptions=False)
    return client.get("/readyz", headers=dict(served.client.headers))


def _with(served: Served, *, policies: Policies | None = None, folder: Path | None = None) -> Parts:
    parts = replace(served.parts, policies=policies or served.parts.policies)
    if folder is not None:
        parts = replace(parts, settings=replace(parts.settings, policies=folder))
    for name in ("store", "challengers", "signer", "access_key"):
        parts.__dict__[name] = getattr(served.parts, name)
    return parts


@contextmanager
def _tampered(served: Served, undo: str, do: str) -> Iterator[None]:
    """What a statement changes past the triggers, and changed back."""
    for turn, statement in enumerate((do, undo)):
        with served.parts.store.engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(sa.text(statement)).rowcount >= 1
        if turn == 0:
            yield


def _says(answer: Any, name: str, words: str) -> None:
    """It is not ready, for this cause alone, and says so without a path."""
    assert answer.status_code == 503, answer.text
    assert answer.json()["type"] == "urn:lushi:problem:not-ready"
    (fault,) = answer.json()["errors"]
    assert fault["where"] == name
    assert words in fault["what"], fault
    assert fault["mend"]
    assert "/tmp" not in answer.text


def test_ready_says_what_was_looked_at(own: Served) -> None:
    answer = _ready(own)
    assert answer.status_code == 200
    found = answer.json()
    assert [(one["name"], one["ok"]) for one in found["checks"]] == [
        ("database", True),
        ("policy", True),
        ("log", True),
    ]
    assert found["opinion"] == {"ok": True, "detail": "no challenger is promoted"}
    assert "the checkpoint over" in found["checks"][2]["detail"]


def test_a_policy_whose_files_were_changed_is_not_ready_until_they_are_restored(own: Served, tmp_path: Path) -> None:
    folder = tmp_path / "lushi"
    shutil.copytree(ROOT / "lushi", folder)
    parts = _with(own, folder=folder)
    assert _ready(own, parts).status_code == 200
    file = folder / "2017-04-01" / "scorecard.yaml"
    approved = file.read_text(encoding="utf-8")
    file.write_text(approved + "# a remark\n", encoding="utf-8")
    _says(_ready(own, parts), "policy", "no longer the approved ones")
    file.unlink()
    _says(_ready(own, parts), "policy", "no longer the approved ones")
    file.write_text(approved, encoding="utf-8")
    assert _ready(own, parts).status_code == 200


def _ending(policies: Policies, last: date) -> Policies:
    """The first policy alone, which ends on a day."""
    return replace(policies, policies=(replace(policies.policies[0], effective_to=last),))


def test_a_policy_about_to_end_is_ready_and_said(own: Served) -> None:
    today = NOW.date()
    for days, said in ((31, False), (30, True), (0, True)):
        parts = _with(own, policies=_ending(own.parts.policies, today + timedelta(days=days)))
        (check,) = [one for one in _ready(own, parts).json()["checks"] if one["name"] == "policy"]
        assert check["ok"]
        assert ("approve the policy that follows" in check["detail"]) is said
        assert f"{days} days" in check["detail"] or not said


def test_an_expired_policy_is_not_ready_and_decides_nothing(own: Served) -> None:
    parts = _with(own, policies=_ending(own.parts.policies, NOW.date() - timedelta(days=1)))
    _says(_ready(own, parts), "policy", "no approved policy is in force")
    client = TestClient(create_app(parts), raise_server_exceptions=False, headers=dict(own.client.headers))
    refused = client.post("/v1/decisions", json=ask(own.ids()[0]))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:lushi:problem:policy-not-in-force")
    assert "Approve a policy" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("do", "undo", "words"),
    [
        (
            "UPDATE log_nodes SET hash = decode(repeat('00', 32), 'hex') || hash WHERE level = 2 AND position = 0",
            "UPDATE log_nodes SET hash = substr(hash, 33) WHERE level = 2 AND position = 0",
            "is not what this log and key sign",
        ),
        (
            "UPDATE log_nodes SET level = 60 WHERE level = 2 AND position = 0",
            "UPDATE log_nodes SET level = 2 WHERE level = 60",
            "is not what this log and key sign",
        ),
        (
            "UPDATE checkpoints SET note = replace(note, 'lushi-credit/log', 'other/log')",
            "UPDATE checkpoints SET note = replace(note, 'other/log', 'lushi-credit/log')",
            "is not what this log and key sign",
        ),
        (
            "UPDATE log_entries SET index = -1 - index",
            "UPDATE log_entries SET index = -1 - index",
            "entries where",
        ),
    ],
)
def test_a_log_that_is_not_the_signed_one_is_not_ready(own: Served, do: str, undo: str, words: str) -> None:
    assert _ready(own).status_code == 200
    with _tampered(own, undo, do):
        _says(_ready(own), "log", words)
    assert _ready(own).status_code == 200


def test_a_clock_set_back_is_not_ready_and_decides_nothing(own: Served) -> None:
    own.clock.moment = NOW - timedelta(days=11)
    try:
        header = dict(own.client.headers)
        _says(_ready(own), "clock", "stands behind")
        for answer in (
            own.client.post("/v1/decisions", json=ask(own.ids()[0]), headers=header),
            own.client.get(f"/v1/households/{own.ids()[0]}", headers=header),
        ):
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:lushi:problem:clock-behind")
            assert answer.headers["Retry-After"]
    finally:
        own.clock.moment = NOW
    assert _ready(own).status_code == 200


def test_without_a_usable_model_it_is_ready_and_says_what_is_missing(advised: Advised) -> None:
    served, good = advised.served, artefact(SET)
    version = advised.stand(good)
    assert _ready(served).json()["opinion"] == {"ok": True, "detail": f"version {version} is the promoted one"}
    kept = advised.registry.kept[version]
    advised.registry.kept[version] = (kept[0], replace(good, model=good.model[:-100]))
    found = _ready(served)
    assert (found.status_code, found.json()["opinion"]["ok"]) == (200, False)
    assert found.json()["opinion"]["detail"].endswith("cannot be asked: wrong_hash")
    advised.registry.kept.clear()
    assert _ready(served).json()["opinion"]["detail"].endswith("model_missing")
    advised.registry.away = True
    assert _ready(served).json()["opinion"]["detail"].endswith("model_missing")
    assert served.client.post("/v1/decisions", json=ask(served.ids()[0])).status_code == 201


def test_what_is_costly_is_looked_at_again_after_some_seconds(advised: Advised) -> None:
    advised.stand(artefact(SET))
    looking, eager = Readiness(advised.served.parts), Readiness(advised.served.parts, keep_seconds=0)
    for _ in range(3):
        assert looking.look().opinion.ok
    assert advised.registry.read == 1
    for _ in range(3):
        assert eager.look().opinion.ok
    assert advised.registry.read == 4
