"""The register's counts by village: made for runs of before, kept for good, and none lost by a step down."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic import command

from feature_store.adapters import register_counts
from feature_store.adapters.migrate import downgrade, move, upgrade_to_head
from feature_store.adapters.register_counts import Count, CountedRun

_RUNS = """
INSERT INTO households (household_id) VALUES ('a'), ('b'), ('c'), ('d');
INSERT INTO register_runs (on_date, quarter, policy_id, policy_sha256, known_at, recorded_at, summary) VALUES
    ('2017-03-31', '2017Q1', 'p', 's', '2017-04-01', '2017-04-01', '{}'),
    ('2017-06-30', '2017Q2', 'p', 's', '2017-07-01', '2017-07-01', '{}'),
    ('2017-06-30', '2017Q2', 'p', 's', '2017-07-02', '2017-07-02', '{}');
INSERT INTO register (run_no, household_no, village_code, status, grade, score) VALUES
    (1, 1, 'v1', 0, 2, 120), (1, 2, 'v1', 0, 2, 121), (1, 3, 'v1', 2, -1, 90), (1, 4, 'v2', 0, 0, 95),
    (3, 1, 'v1', 0, 3, 140);
"""
LATER = datetime(2018, 1, 1, tzinfo=UTC)


def test_runs_of_before_are_counted_and_taken_back(empty: sa.Engine) -> None:
    move(empty, "0013", command.upgrade)
    with empty.begin() as connection:
        connection.exec_driver_sql(_RUNS)
    move(empty, "0014", command.upgrade)
    with empty.begin() as connection:
        first = register_counts.counts_of(connection, 1, within="")
        assert first == [
            Count("v1", 0, 2, 2, None, None),
            Count("v1", 2, -1, 1, None, None),
            Count("v2", 0, 0, 1, None, None),
        ]
        assert register_counts.counts_of(connection, 1, within="v2") == first[2:]
        runs = register_counts.newest_runs(connection, known_at=LATER, most=5)
        assert [(it.run_no, it.quarter) for it in runs] == [(3, "2017Q2"), (1, "2017Q1")]
        assert register_counts.newest_runs(connection, known_at=datetime(2017, 5, 1, tzinfo=UTC), most=5) == runs[1:]
        assert runs[0] == CountedRun(3, "2017Q2", date(2017, 6, 30), "p", "s", runs[0].known_at)
        totals = register_counts.totals_of(connection, [1, 3], within="v1")
        assert totals == {
            1: [Count("", 0, 2, 2, None, None), Count("", 2, -1, 1, None, None)],
            3: [Count("", 0, 3, 1, None, None)],
        }
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), connection.begin_nested():
            connection.exec_driver_sql("DELETE FROM register_counts")
    downgrade(empty, "0013")
    upgrade_to_head(empty)


def test_what_was_counted_is_not_lost_by_a_step_down(empty: sa.Engine) -> None:
    upgrade_to_head(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql(_RUNS)
        register_counts.write_counts(connection, 3, [Count("v1", 0, 3, 1, 1, 0)])
    with pytest.raises(RuntimeError, match="register_counts holds recorded history"):
        downgrade(empty, "0013")
