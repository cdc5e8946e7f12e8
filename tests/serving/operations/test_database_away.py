"""With the database away or full the service says so, and recovers by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from feature_store.adapters import embedded
from tests.serving.served import Served, ask

RECOVERS_SECONDS = 5


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose database these tests stop and fill."""
    return make_county()


def test_away_is_503_and_back_is_201(own: Served) -> None:
    household_id = own.ids()[0]
    embedded.stop(own.folder / "postgres")
    for answer in (
        own.client.post("/v1/decisions", json=ask(household_id)),
        own.client.get(f"/v1/households/{household_id}"),
        own.client.get("/readyz"),
    ):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"]
        assert household_id not in answer.text
    assert own.client.get("/livez").status_code == 200
    assert own.client.post("/v1/assessments", json={"values": {}}).status_code == 503
    embedded.start(own.folder / "postgres")
    assert own.client.post("/v1/decisions", json=ask(household_id)).status_code == 201


def test_after_a_restart_it_decides_again_within_seconds(own: Served) -> None:
    for _ in range(2):
        assert own.client.post("/v1/decisions", json=ask(own.ids()[0])).status_code == 201
        embedded.stop(own.folder / "postgres")
        embedded.start(own.folder / "postgres")
        began = time.monotonic()
        while own.client.post("/v1/decisions", json=ask(own.ids()[0])).status_code != 201:
            assert time.monotonic() - began < RECOVERS_SECONDS
            time.sleep(0.05)
        assert own.client.get("/readyz").status_code == 200


def test_a_full_disk_is_503_and_nothing_is_recorded(own: Served) -> None:
    """PostgreSQL itself raises its 'disk full' here, from a trigger: no disk need be filled for the same error."""
    engine = own.parts.store.engine
    count = "SELECT (SELECT count(*) FROM log_entries), (SELECT count(*) FROM decisions)"
    with engine.begin() as connection:
        before = connection.exec_driver_sql(count).one()
        connection.exec_driver_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;"
            " CREATE TRIGGER full_disk BEFORE INSERT ON decisions EXECUTE FUNCTION full_disk()"
        )
    try:
        answer = own.client.post("/v1/decisions", json=ask(own.ids()[0]))
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:lushi:problem:store-unavailable")
        assert "no room left" in answer.json()["detail"]
        with engine.begin() as connection:
            assert connection.exec_driver_sql(count).one() == before
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("DROP FUNCTION full_disk CASCADE"))
    assert own.client.post("/v1/decisions", json=ask(own.ids()[0])).status_code == 201
