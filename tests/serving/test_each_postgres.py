"""The whole way of a county on each PostgreSQL that is supported: files in, decisions, the register, replay, the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from feature_store.adapters.schema_check import read_schema
from feature_store.filing import civil_day
from serving.county.areas import area_stops
from serving.county.grade_county import grade_county
from serving.ledger.verify import verify
from serving.operations.checkpoints import checkpoint_now
from serving.replay.again import replay
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.served import NOW, Served, ask, import_round

CALLS = 40


@pytest.fixture
def county(make_county: Callable[..., Served], empty: sa.Engine) -> Iterator[Served]:
    """The county of 300 households on each server."""
    made = make_county(empty.url.render_as_string(hide_password=False))
    with closing(made.parts):
        yield made


def test_a_county_is_imported_decided_graded_and_repeated(
    county: Served, served: Served, county_folder: Path, empty: sa.Engine
) -> None:
    advised = Advised(county)
    advised.stand(models.artefact(SET))
    answers = [_answer(county, household_id) for household_id in county.ids()[:CALLS]]
    assert [it["binding"] for it in answers] == [_answer(served, it)["binding"] for it in served.ids()[:CALLS]]
    assert {it["advisory"]["status"] for it in answers} == {"given"}
    checkpoint_now(county.parts)
    many = {"decisions": [ask(it, idempotency_key=f"key-{it}") for it in county.ids()[CALLS : 2 * CALLS]]}
    first = county.client.post("/v1/decisions:batch", json=many)
    assert {it["status"] for it in first.json()["results"]} == {201}
    assert county.client.post("/v1/decisions:batch", json=many).content == first.content

    assert len(grade_county(county.parts, NOW.date()).household_ids) == 300
    assert area_stops(county.parts, civil_day(NOW)) == area_stops(served.parts, civil_day(NOW))
    import_round(county.parts, sorted(county_folder.iterdir())[1], county.clock)
    later = _answer(county, county.ids()[0])
    decided = [UUID(it["decision_id"]) for it in (*answers, later)]
    assert {one: replay(one, county.parts).differences for one in decided} == dict.fromkeys(decided, ())

    with county.parts.store.looking(county.clock.now()) as moment:
        log = verify(moment.connection, county.parts.signer)
    assert (log.faults, log.kinds["decision"], log.checkpoints) == ([], 2 * CALLS + 1, 1)
    assert read_schema(empty).faults == ()


def _answer(served: Served, household_id: str) -> Any:
    answer = served.client.post("/v1/decisions", json=ask(household_id))
    assert answer.status_code == 201, answer.text
    return answer.json()
