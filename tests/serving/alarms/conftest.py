"""Parts on an empty database, and a receiver of the webhook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters import promotions
from feature_store.adapters.promotions import Promotion
from serving.alarms.raise_alarms import raise_alarms
from serving.alarms.standing import list_alarms
from serving.clock import FixedClock
from serving.settings import read_settings
from serving.wiring import Parts, wire
from tests.serving.alarms.receiver import Receiver, receiving
from tests.serving.alarms.reports import alarm, red, report
from tests.serving.served import NOW

ON = date(2020, 10, 31)
"""The day of the reports."""


@dataclass(frozen=True)
class Alarming:
    """Parts on a database of their own, with their clock."""

    parts: Parts
    clock: FixedClock

    def promoted(self) -> None:
        """Let some model stand."""
        with self.parts.store.engine.begin() as connection:
            at, _ = promotions.lock_and_history(connection, self.clock.now)
            promotions.record(connection, Promotion("promotion", "1", "0" * 64, None, "Wang", "Li", "test", at))

    def entries(self) -> list[tuple[str, dict[str, Any]]]:
        """Every entry of the log: kind and content."""
        query = "SELECT kind, content FROM log_entries JOIN log_contents USING (index) ORDER BY index"
        with self.parts.store.engine.connect() as connection:
            rows = connection.execute(sa.text(query)).all()
        return [(row.kind, json.loads(bytes(row.content))) for row in rows]

    def kinds(self) -> list[str]:
        """The kinds of all entries, in order."""
        return [kind for kind, _ in self.entries()]


@pytest.fixture
def make_alarming(new_database: Callable[[], sa.Engine], tmp_path: Path) -> Iterator[Callable[[str], Alarming]]:
    """Makes parts on the emptied database that tell a webhook; called again, others on the same database."""
    engine, made = new_database(), []
    url = engine.url.render_as_string(hide_password=False)

    def make(webhook: str) -> Alarming:
        environment = {"LUSHI_DATA": str(tmp_path), "LUSHI_DATABASE_URL": url, "LUSHI_ALARM_WEBHOOK": webhook}
        clock = FixedClock(NOW)
        found = Alarming(replace(wire(read_settings(environment)), clock=clock).joined(), clock)
        made.append(found)
        return found

    yield make
    for one in made:
        one.parts.close()


@pytest.fixture
def alarming(make_alarming: Callable[[str], Alarming]) -> Alarming:
    """Parts without a webhook."""
    return make_alarming("")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that accepts everything until it is told otherwise."""
    with receiving() as found:
        yield found


@pytest.fixture
def told(make_alarming: Callable[[str], Alarming], receiver: Receiver) -> Alarming:
    """Parts that tell the receiver, with two alarms raised."""
    found = make_alarming(receiver.url)
    raise_alarms(found.parts, report(alarm(), red("challenger.gini")), on=ON)
    return found


def attempts(alarming: Alarming) -> list[tuple[str, str]]:
    """Outcome and cause of every attempt, in order."""
    with alarming.parts.store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT outcome, cause FROM webhook_attempts ORDER BY seq")).all()
    return [(row.outcome, row.cause) for row in rows]


def states(alarming: Alarming) -> list[str]:
    """How far each standing alarm is delivered."""
    return [one.delivery for one in list_alarms(alarming.parts).shown]
