"""What the code before the log recorded is repeatable after the upgrade: a database that it wrote, loaded and upgraded."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from feature_store.adapters.migrate import upgrade_to_head
from feature_store.feature_set import load_feature_set
from serving.challenger.load import read_folder
from serving.challenger.standing import Challengers
from serving.clock import FixedClock
from serving.ledger import postgres as ledger
from serving.ledger.verify import verify
from serving.replay.again import replay
from serving.settings import read_settings
from serving.wiring import Parts, wire
from tests.fakes.registry import FakeRegistry

HERE = Path(__file__).parent / "upgrade"
DECISIONS = 30


@pytest.fixture
def before(empty: sa.Engine) -> dict[str, bytes]:
    """What was recorded, by decision id, in a database that is loaded and not yet upgraded."""
    with empty.begin() as connection:
        script = gzip.decompress((HERE / "0004.sql.gz").read_bytes()).decode()
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(script)
    with empty.connect() as connection:
        rows = connection.exec_driver_sql("SELECT decision_id, entry FROM public.decisions ORDER BY entry_no").all()
    return {str(row.decision_id): bytes(row.entry) for row in rows}


@pytest.fixture
def parts(empty: sa.Engine, tmp_path: Path) -> Iterator[Parts]:
    """Parts on that database, not yet opened, with the model of then in the registry and the clock a year later."""
    url = empty.url.render_as_string(hide_password=False)
    settings = read_settings({"LUSHI_DATA": str(tmp_path), "LUSHI_DATABASE_URL": url})
    wired = replace(wire(settings), clock=FixedClock(datetime(2018, 4, 20, tzinfo=UTC)))
    registry = FakeRegistry()
    registry.add(read_folder(HERE / "model"))
    wired.__dict__["challengers"] = Challengers(registry, load_feature_set, timeout_ms=60_000)
    yield wired
    wired.close()


def test_every_decision_of_before_the_log_replays_after_the_upgrade(
    before: dict[str, bytes], empty: sa.Engine, parts: Parts
) -> None:
    kinds = Counter((it["format"], (it["advisory"] or {}).get("status")) for it in map(json.loads, before.values()))
    assert kinds == {(1, None): 10, (2, "unavailable"): 10, (2, "given"): 10}

    with parts.store.looking(parts.clock.now()) as moment:
        log = verify(moment.connection, parts.signer)
        after = {str(one): ledger.find(moment, one) for one in ledger.sample(moment, DECISIONS)}
    assert (log.faults, log.kinds["decision"]) == ([], DECISIONS)
    assert {one: entry.content for one, entry in after.items() if entry} == before, "the same bytes as before"
    assert [entry.tenant for entry in after.values() if entry] == [None] * DECISIONS
    assert {
        one: replay(entry.decision_id, parts).differences for one, entry in after.items() if entry
    } == dict.fromkeys(before, ())


def test_a_decision_changed_before_the_upgrade_is_noticed(
    before: dict[str, bytes], empty: sa.Engine, parts: Parts
) -> None:
    decision_id, content = next(iter(before.items()))
    spoiled = re.sub(rb'"score":(\d+)', lambda it: b'"score":%d' % (int(it[1]) + 1), content)
    assert spoiled != content
    _change(empty, decision_id, "entry = :entry", spoiled)
    with pytest.raises(RuntimeError, match="the decision numbered 0 is not what its hash says"):
        upgrade_to_head(empty)
    _change(empty, decision_id, "entry = :entry, sha256 = sha256(:entry)", spoiled)
    upgrade_to_head(empty)
    found = replay(UUID(decision_id), parts)
    assert found.differences == ("'score' differs",), "a careful forger's hash is right, but the policy says otherwise"


def _change(empty: sa.Engine, decision_id: str, change: str, entry: bytes) -> None:
    """Change a recorded decision past the triggers, as the database's owner could."""
    with empty.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.execute(
            sa.text(f"UPDATE public.decisions SET {change} WHERE decision_id = :id"),
            {"entry": entry, "id": decision_id},
        )
