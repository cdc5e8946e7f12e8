"""Wrong passwords in a row wait longer and longer, and checking passwords is no way to exhaust the machine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from scoring.errors import LushiError
from serving.access import waits
from serving.access.callers import NotSignedIn
from serving.access.passwords import AT_ONCE, WAITING
from serving.access.waits import FIRST_SECONDS, FREE, MOST_SECONDS, MustWait
from serving.accounts.sign_in import sign_in
from serving.accounts.users import change_password
from serving.api.app import create_app
from tests.serving.people import Counting, basic, client_of, first_of, person, until, with_hasher
from tests.serving.served import PASSWORD, Served


def _back(peopled: Served, seconds: float) -> None:
    """Let the database believe that every wrong password was so much longer ago."""
    with peopled.parts.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE login_failures SET at = at - make_interval(secs => :s)"), {"s": seconds})


@pytest.mark.parametrize("exists", [True, False])
def test_wrong_passwords_make_the_next_try_wait_longer_and_longer(peopled: Served, exists: bool) -> None:
    name = person(peopled) if exists else "nobody-" + uuid4().hex
    client = client_of(peopled)

    def call(password: str) -> Any:
        return client.post("/v1/sessions", headers=basic(name, password))

    assert [call("not the password").status_code for _ in range(FREE)] == [401] * FREE
    waited, expected = [], FIRST_SECONDS
    while len(waited) < 9:
        told = call(PASSWORD)
        assert (told.status_code, told.json()["type"]) == (429, "urn:lushi:problem:too-many-wrong-passwords")
        waited.append(int(told.headers["Retry-After"]))
        assert waited[-1] == min(expected, MOST_SECONDS)
        _back(peopled, waited[-1])
        expected *= 2
        if len(waited) < 9:
            assert call("not the password").status_code == 401
    assert waited[-2:] == [MOST_SECONDS] * 2
    assert call(PASSWORD).status_code == (201 if exists else 401)
    if exists:
        assert [call("not the password").status_code for _ in range(FREE)] == [401] * FREE, "the row began anew"
        change_password(peopled.parts, name, password="another long word", by="tests")
        assert call("another long word").status_code == 201


def test_a_name_that_waits_holds_up_no_other_and_begins_anew_after_an_hour(peopled: Served) -> None:
    with peopled.parts.store.engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE login_failures"))
    name, other = person(peopled), person(peopled)
    for _ in range(FREE):
        with pytest.raises(NotSignedIn):
            sign_in(peopled.parts, name, "not the password")
    with pytest.raises(MustWait):
        sign_in(peopled.parts, name, PASSWORD)
    assert sign_in(peopled.parts, other, PASSWORD)
    _back(peopled, waits.FORGET_SECONDS + 1)
    assert sign_in(peopled.parts, other, PASSWORD), "sweeps what is forgotten"
    with peopled.parts.store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM login_failures")).scalar_one() == 0
    for _ in range(FREE):
        with pytest.raises(NotSignedIn):
            sign_in(peopled.parts, name, "not the password")


def test_many_tries_at_once_are_no_way_round_the_wait(peopled: Served) -> None:
    counting = Counting()
    parts = with_hasher(peopled, counting)
    name = person(peopled)

    def call(number: int) -> str:
        try:
            sign_in(parts, name, f"not the password {number}")
        except LushiError as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(AT_ONCE + WAITING) as threads:
        found = list(threads.map(call, range(40)))
    assert found.count("NotSignedIn") == counting.checked == FREE
    assert found.count("MustWait") == 40 - FREE


def test_only_some_passwords_are_checked_at_once_and_only_some_wait(peopled: Served) -> None:
    go, at_work = threading.Event(), []
    most = 0

    def slow() -> None:
        nonlocal most
        at_work.append(1)
        most = max(most, len(at_work))
        go.wait(20)
        at_work.pop()

    parts = with_hasher(peopled, Counting(slow))
    client = TestClient(create_app(parts), raise_server_exceptions=False)
    names = [person(peopled) for _ in range(AT_ONCE + WAITING + 3)]

    def call(name: str) -> Any:
        return client.post("/v1/sessions", headers=basic(name, PASSWORD))

    with ThreadPoolExecutor(len(names)) as threads:
        calls = [threads.submit(call, name) for name in names]
        refused = first_of(calls, 3)
        until(lambda: len(at_work) == AT_ONCE)
        go.set()
        answers = [it.result() for it in calls]
    assert most == AT_ONCE
    assert [it.status_code for it in refused] == [503] * 3
    assert {it.json()["type"] for it in refused} == {"urn:lushi:problem:busy"}
    assert sorted(it.status_code for it in answers) == [201] * (AT_ONCE + WAITING) + [503] * 3
    busy = next(name for name, answer in zip(names, answers, strict=True) if answer.status_code == 503)
    for _ in range(FREE - 1):
        assert call(busy + "x").status_code == 401
    assert call(busy).status_code == 201, "what was not checked was not counted"
