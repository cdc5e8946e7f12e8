"""People of a served county, for the tests: their accounts, their calls, and how their passwords are checked."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher, extract_parameters
from starlette.testclient import TestClient

from serving.access.passwords import Passwords
from serving.access.roles import Role
from serving.accounts.users import add_user
from serving.api.app import create_app
from serving.wiring import Parts
from tests.serving.served import PASSWORD, Served


def person(own: Served, role: Role = Role.ANALYST, **of: str) -> str:
    """A fresh person's name."""
    name = f"person-{uuid4().hex[:12]}"
    add_user(own.parts, name, role=role, password=PASSWORD, by="tests", **of)
    return name


def basic(name: str, password: str) -> dict[str, str]:
    """The header that signs in."""
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def client_of(own: Served, base: str = "http://testserver", client: str = "testclient") -> TestClient:
    """A client without any key. base: where it calls; client: from which address."""
    return TestClient(create_app(own.parts), base_url=base, client=(client, 1), raise_server_exceptions=False)


def status(own: Served, header: dict[str, str]) -> int:
    """The status that a call with this header gets that every role may make."""
    return client_of(own).get("/readyz", headers=header).status_code


def with_hasher(own: Served, hasher: PasswordHasher) -> Parts:
    """The county's parts, their passwords checked by another hasher."""
    parts = replace(own.parts, passwords=Passwords(hasher))
    parts.__dict__["store"] = own.parts.store
    return parts


class Counting(PasswordHasher):
    """argon2 as cheap as may be, that counts what it checks and does something before."""

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checked, self._before = 0, before

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:
        whole = extract_parameters(str(hash))  # a hash that costs nothing is no check
        self.checked += (whole.time_cost, whole.memory_cost, whole.parallelism) == (1, 8, 1)
        self._before()
        return super().verify(hash, password)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")


def first_of(calls: list[Any], count: int) -> list[Any]:
    """The answers of the first calls that end."""
    ended = threading.Semaphore(0)
    done: list[Any] = []
    for it in calls:
        it.add_done_callback(lambda call: (done.append(call.result()), ended.release()))
    for _ in range(count):
        assert ended.acquire(timeout=20)
    return done[:count]
