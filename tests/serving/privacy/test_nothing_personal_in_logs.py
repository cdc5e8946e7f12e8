"""A run of the service with good, bad and failing calls: its logs at DEBUG and its error answers hold no personal data and no value sent."""

from __future__ import annotations

import http.client
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import uvicorn

from feature_store.adapters import id_numbers
from feature_store.id_cipher import SEARCH
from serving.access.roles import Role
from serving.api.app import create_app
from tests.serving.served import UNUSED, Served, ask, numbers_of

SENT = "zq7Kx0marker"
"""Stands in every value that the bad calls send."""


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose index these tests take away for a moment."""
    return make_county()


class Kept(logging.Handler):
    """Keeps every record as it would be written, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def logged() -> Iterator[Kept]:
    """Everything that the service, its server and its libraries log meanwhile."""
    kept, names = Kept(), ("", "lushi", "uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy", "psycopg")
    before = [(logging.getLogger(it), logging.getLogger(it).level) for it in names]
    logging.getLogger().addHandler(kept)
    for logger, _ in before:
        logger.setLevel(logging.DEBUG)
    try:
        yield kept
    finally:
        logging.getLogger().removeHandler(kept)
        for logger, level in before:
            logger.setLevel(level)


@contextmanager
def running(own: Served) -> Iterator[int]:
    """The service as it is run, but for the log's level; its port."""
    config = uvicorn.Config(
        create_app(own.parts), host="127.0.0.1", port=0, log_level="debug", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)


def call(port: int, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, str]:
    """One call over HTTP; a body that is not bytes is sent as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    typed = {"Content-Type": "application/json"} if data is not None else {}
    connection.request(method, path, data, headers | typed)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def bad_calls(household_id: str) -> Iterator[tuple[str, str, Any]]:
    """Calls that are wrong somewhere, the marker or an ID number in what is wrong."""
    for field, good in ask(household_id).items():
        for value in (SENT, SENT * 60, [SENT], {SENT: SENT}, None, -1, f"{SENT}-{UNUSED}", UNUSED):
            if value != good:
                yield "POST", "/v1/decisions", ask(household_id, **{field: value})
    yield "POST", "/v1/decisions", ask(household_id) | {SENT: UNUSED}
    yield "POST", "/v1/decisions", f'{{"household_id": "{SENT} {UNUSED}'.encode()
    yield "POST", "/v1/decisions", b"\xff" + SENT.encode()
    yield (
        "POST",
        "/v1/decisions:batch",
        {"decisions": [{SENT: UNUSED}, ask(SENT), ask(household_id, purpose=SENT.lower())]},
    )
    for number in (
        UNUSED,
        UNUSED[:-1] + "1",
        SENT,
        [UNUSED],
        {SENT: UNUSED},
        UNUSED + SENT,
        110105194912310021,
        SENT * 20,
    ):
        yield "POST", "/v1/households:search", {"id_number": number}
    yield "POST", f"/v1/households:search?id_number={UNUSED}", {"id_number": SENT}
    for reason in ("", [SENT], {UNUSED: SENT}, SENT * 90):
        yield "POST", f"/v1/households/{household_id}/unmasking", {"reason": reason}
    for path in (f"/v1/households/{SENT}", f"/v1/households/{UNUSED}", f"/v1/households/{SENT}%20{UNUSED}", f"/v1/decisions/{SENT}",
                 f"/v1/decisions/{uuid4()}", f"/{SENT}", f"/v1/log/inclusion?index={SENT}", f"/v1/log/consistency?first={UNUSED}&{SENT}=1"):  # fmt: skip
        yield "GET", path, None
    yield "POST", "/v1/assessments", {"values": {SENT: UNUSED, "farmland_mu": SENT, "public_order_penalties": UNUSED}}
    yield "POST", "/v1/assessments", {"values": {}, "on": SENT}
    yield "DELETE", f"/v1/households/{SENT}", None


def test_logs_and_error_answers_hold_nothing_personal_and_nothing_that_was_sent(own: Served) -> None:
    numbers = numbers_of(own)
    household_id = next(iter(numbers))
    with own.parts.store.engine.begin() as connection:
        people = connection.execute(sa.text("SELECT evidence_id, assessor_1, assessor_2 FROM filings")).all()
        id_numbers.index_for(connection, household_id, tenant="bank-a", purpose=SEARCH, id_key=own.parts.id_key)
    personal = {UNUSED, UNUSED[:17], *numbers.values(), *(it for row in people for it in row if it)}
    assert len(personal) > len(numbers) + 50, "evidence and assessors are among what is looked for"
    bank, auditor = own.key(Role.BANK), own.key(Role.AUDITOR)
    errors: list[tuple[int, str]] = []
    with logged() as kept, running(own) as port:
        good = [
            call(port, "POST", "/v1/decisions", ask(household_id), bank),
            call(port, "POST", "/v1/households:search", {"id_number": numbers[household_id]}, bank),
            call(port, "POST", "/v1/households:search", {"id_number": numbers[household_id]}, auditor),
            call(port, "POST", f"/v1/households/{household_id}/unmasking", {"reason": f"{SENT} {UNUSED}"}, auditor),
            call(port, "GET", f"/v1/households/{household_id}", None, auditor),
        ]
        assert [status for status, _ in good] == [201, 200, 200, 200, 200]
        for headers in (bank, auditor, {"Authorization": f"Bearer {SENT}{UNUSED}"}, {}):
            for method, path, body in bad_calls(household_id):
                status, text = call(port, method, path, body, headers)
                if status >= 400:
                    errors.append((status, text))
        with own.parts.store.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE id_index RENAME TO id_index_away"))
        try:
            failed = call(port, "POST", "/v1/households:search", {"id_number": numbers[household_id]}, auditor)
        finally:
            with own.parts.store.engine.begin() as connection:
                connection.execute(sa.text("ALTER TABLE id_index_away RENAME TO id_index"))
        with own.parts.store.engine.begin() as connection:
            connection.execute(sa.text("UPDATE id_numbers SET nonce = '\\x00'"))
        spoilt = call(port, "POST", f"/v1/households/{household_id}/unmasking", {"reason": SENT}, auditor)
    assert failed[0] == 500
    assert spoilt[0] == 409
    assert {status for status, _ in errors} >= {400, 401, 403, 404, 405, 422}
    assert max(status for status, _ in errors) < 500
    assert len(errors) > 200
    everything = {"a log": "\n".join(kept.lines), "an error": "\n".join(text for _, text in [*errors, failed, spoilt])}
    assert household_id in everything["a log"], "the log was kept: it names the household whose number was spoilt"
    assert "a call failed on our side" in everything["a log"], "and the failure"
    for where, text in everything.items():
        for secret in (*personal, SENT, SENT.lower(), bank["Authorization"][-38:], auditor["Authorization"][-38:]):
            assert secret not in text, f"{where} holds what it must not"


def test_what_is_kept_of_the_log_is_what_would_be_found() -> None:
    with logged() as kept:
        logging.getLogger("uvicorn.error").debug("x %s", UNUSED)
        try:
            raise ValueError(SENT)
        except ValueError:
            logging.getLogger("lushi").exception("failed")
    assert UNUSED in "\n".join(kept.lines)
    assert SENT in "\n".join(kept.lines)
