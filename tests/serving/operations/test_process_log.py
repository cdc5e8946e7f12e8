"""The process log: one line for each call, found again by its id, and nothing in it about anybody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from scoring.errors import LushiError
from serving.access.keys import new_key
from serving.telemetry.logs import correlated, get_logger, set_up
from tests.serving.served import Served, ask

ID_NUMBER = "411299197409240010"


class Log:
    """What was written so far."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """Every line, read as JSON; only those of one event."""
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if event is None or line["event"] == event]


@pytest.fixture
def log() -> Iterator[Log]:
    """The process log of a test, everything shown."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    found = Log()
    set_up("debug", stream=found.stream)
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)  # a server of another test may have silenced it
    yield found
    root.handlers[:] = before
    root.setLevel(level)


def test_our_lines_are_json_with_their_values(log: Log) -> None:
    with correlated("abc"):
        get_logger("lushi.test").warning("worker ended", pid=7)
    (line,) = log.lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "worker ended",
        "pid": 7,
        "logger": "lushi.test",
        "level": "warning",
        "correlation_id": "abc",
    }


def test_others_lines_take_the_same_way_and_are_cut_short(log: Log) -> None:
    logging.getLogger("uvicorn.error").warning("Invalid %s\nand then %s", "request", ID_NUMBER)
    logging.getLogger("sqlalchemy.engine").info("INSERT %s", ID_NUMBER)
    logging.getLogger("other").warning("x" * 1000)
    first, second = log.lines()
    assert (first["event"], first["logger"]) == ("Invalid request", "uvicorn.error")
    assert len(second["event"]) == 300
    assert ID_NUMBER not in log.text


@pytest.mark.parametrize("logger", ["ours", "another's"])
def test_an_error_is_shown_by_kind_and_place_and_not_by_what_it_quotes(log: Log, logger: str) -> None:
    def fail() -> None:
        try:
            int(ID_NUMBER + "x")
        except ValueError as error:
            raise KeyError(ID_NUMBER) from error

    try:
        fail()
    except KeyError:
        if logger == "ours":
            get_logger("lushi.test").exception("failed")
        else:
            logging.getLogger("asyncio").exception("failed")
    (line,) = log.lines("failed")
    assert (line["error"], line["because_of"]) == ("KeyError", ["ValueError"])
    assert [place[-1].split()[-1] for place in line["raised"]] == ["fail", "fail"]
    assert ID_NUMBER not in log.text


def test_our_own_words_and_the_databases_state_are_shown(log: Log, database: sa.Engine) -> None:
    for work in ("SELECT 1 / 0", "ours"):
        try:
            with database.connect() as connection:
                if work == "ours":
                    raise LushiError("set the clock right")
                connection.exec_driver_sql(work)
        except (sa.exc.DBAPIError, LushiError):
            get_logger("lushi.test").exception("failed")
    first, second = log.lines("failed")
    assert first["error"] == "DataError (SQLSTATE 22012)"
    assert second["error"] == "LushiError: set the clock right"


def test_an_unusable_level_is_not_taken(log: Log) -> None:
    set_up("warning", stream=log.stream)
    get_logger("lushi.test").info("not shown")
    get_logger("lushi.test").warning("shown")
    assert [line["event"] for line in log.lines()] == ["shown"]


def test_each_call_has_one_line_with_the_routes_template_and_who_called(log: Log, served: Served) -> None:
    household = served.ids()[0]
    answer = served.client.get(f"/v1/households/{household}", headers={"X-Correlation-ID": "bank-7.a_b"})
    assert answer.headers["X-Correlation-ID"] == "bank-7.a_b"
    (line,) = log.lines("call")
    assert line["client"].startswith("test-")
    assert 0 < line["ms"] < 60_000
    kept = {key: line[key] for key in ("method", "route", "status", "role", "correlation_id", "level")}
    assert kept == {
        "method": "GET",
        "route": "/v1/households/{household_id}",
        "status": 200,
        "role": "bank",
        "correlation_id": "bank-7.a_b",
        "level": "info",
    }


@pytest.mark.parametrize(
    ("method", "path", "headers", "route", "status", "problem"),
    [
        ("GET", "/readyz", {"Authorization": ""}, "unrouted", 401, "key-needed"),
        ("POST", "/v1/decisions", {"Content-Type": "text/plain"}, "unrouted", 415, "not-json"),
        ("GET", "/v1/decisions/1", {}, "/v1/decisions/{decision_id}", 422, "invalid"),
        ("GET", "/none", {}, "unrouted", 404, "not-found"),
    ],
)
def test_a_refused_call_names_its_problem(
    log: Log, served: Served, method: str, path: str, headers: dict[str, str], route: str, status: int, problem: str
) -> None:
    answer = served.client.request(method, path, headers=headers, content=b"x" if method == "POST" else None)
    (line,) = log.lines("call")
    assert (answer.status_code, line["status"]) == (status, status)
    assert (line["route"], line["problem"]) == (route, problem)
    assert ("role" in line) == (status != 401)


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "中", "a\tb", "<b>"])
def test_a_correlation_id_that_may_not_be_repeated_is_replaced(served: Served, given: str) -> None:
    answer = served.client.get("/livez", headers={"X-Correlation-ID": given.encode()})  # type: ignore[dict-item]
    assert UUID(answer.headers["X-Correlation-ID"]).version == 4


def test_an_error_on_our_side_is_answered_and_found_by_its_id(
    log: Log, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(ID_NUMBER)

    monkeypatch.setattr("serving.api.household_routes.state_of", fail)
    answer = served.client.get(f"/v1/households/{served.ids()[0]}")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:lushi:problem:internal")
    (line,) = log.lines("a call failed on our side")
    assert line["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert line["error"] == "RuntimeError"
    assert line["raised"][-1][-1].endswith(" fail")
    assert log.lines("call")[0]["status"] == 500
    assert ID_NUMBER not in log.text + answer.text


def test_the_log_of_a_run_holds_nothing_of_anybody(log: Log, served: Served, county_folder: Path) -> None:
    secret = new_key().written
    households = served.ids()
    for household in households[:5]:
        served.client.post("/v1/decisions", json=ask(household, consent_reference="consent-of-somebody"))
        served.client.get(f"/v1/households/{household}")
        served.client.post("/v1/decisions:batch", json={"decisions": [ask(household), {"household_id": household}]})
    served.client.post("/v1/assessments", json={"values": {"mean_deposit_cny": "76543.21", "name": "王小明"}})
    served.client.post("/v1/decisions", json=ask("411299101201-9999"))
    served.client.post("/v1/decisions", json=ask(ID_NUMBER, id_number=ID_NUMBER))
    served.client.post(
        "/v1/decisions", content=f'{{"{ID_NUMBER}'.encode(), headers={"Content-Type": "application/json"}
    )
    served.client.get(f"/v1/{ID_NUMBER}?name=王小明")
    served.client.get("/readyz", headers={"Authorization": f"Bearer {secret}"})
    served.client.get("/readyz", headers={"X-Correlation-ID": f"王小明 {ID_NUMBER}".encode()})  # type: ignore[dict-item]
    assert len(log.lines("call")) == 22
    rows = [path.read_text().splitlines()[1:] for path in county_folder.rglob("households.csv")]
    numbers = [row.split(",")[2] for file in rows for row in file]
    assert len(numbers) >= 300
    for value in (*households, *numbers, ID_NUMBER, secret, secret[17:], "consent-of-somebody", "76543", "王小明"):
        assert value not in log.text
    assert served.client.headers["Authorization"][7:] not in log.text
