"""A served county whose challengers are exchanged by the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feature_store.adapters import promotions
from feature_store.adapters.promotions import Promotion
from feature_store.feature_set import load_feature_set
from scoring.canonical import canonical, sha256
from serving.challenger.load import Artefact
from serving.challenger.standing import Challengers
from tests.fakes.registry import FakeRegistry
from tests.serving.served import Served, ask

SET = load_feature_set()
NO_ROOM = 60_000
"""Milliseconds that no test reaches: for what must not depend on a busy machine."""


class Advised:
    """A county whose challengers these tests exchange."""

    def __init__(self, served: Served) -> None:
        self.served, self.registry = served, FakeRegistry()
        self.renew()

    def renew(self, *, timeout_ms: int = NO_ROOM) -> None:
        """Another process: nothing is loaded, the registry is new."""
        self.registry = FakeRegistry()
        self.served.parts.__dict__["challengers"] = Challengers(self.registry, load_feature_set, timeout_ms=timeout_ms)

    def stand(self, artefact: Artefact, *, promoted_sha256: str = "") -> str:
        """Register and promote an artefact, past the gate; its version."""
        version = self.registry.add(artefact).version
        hashed = promoted_sha256 or sha256(artefact.model)
        with self.served.parts.store.engine.begin() as connection:
            at, _ = promotions.lock_and_history(connection, self.served.clock.now)
            promotions.record(connection, Promotion("promotion", version, hashed, None, "Wang", "Li", "test", at))
        return version

    def decide(self, household_id: str, **changes: Any) -> dict[str, Any]:
        answered = self.served.client.post("/v1/decisions", json=ask(household_id, **changes))
        assert answered.status_code == 201, answered.text
        found: dict[str, Any] = answered.json()
        return found

    def binding(self, household_id: str) -> tuple[bytes, dict[str, Any]]:
        """The bytes of everything but the advice and the decision's own ids and time; and the advice."""
        body = self.decide(household_id)
        return part_of(body), body["advisory"]


def part_of(body: dict[str, Any]) -> bytes:
    """The bytes of an answer's binding part, without the advice and the decision's own ids and time."""
    return canonical({key: body[key] for key in ("binding", "read", "request", "household_id", "village_code", "kind")})


def raising(error: BaseException) -> Callable[..., Any]:
    def run(*_: object, **__: object) -> Any:
        raise error

    return run
