"""Recorded steps of quarters are kept as they were written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from feature_store.adapters import quarter_tables
from feature_store.adapters.migrate import downgrade, upgrade_to_head
from feature_store.adapters.quarter_tables import RecordedStep

AT = datetime(2021, 5, 1, tzinfo=UTC)
STEP = RecordedStep("register", b'{"households":1}', "0" * 64, AT)


def test_a_step_is_recorded_once_and_never_changed(database: sa.Engine) -> None:
    with database.begin() as connection:
        quarter_tables.record(connection, "2021Q1", STEP)
        quarter_tables.record(connection, "2021Q2", STEP)
        assert quarter_tables.recorded(connection, "2021Q1") == {"register": STEP}
        assert quarter_tables.recorded(connection, "2020Q4") == {}
    with pytest.raises(sa.exc.IntegrityError), database.begin() as connection:
        quarter_tables.record(connection, "2021Q1", STEP)
    for change in ("UPDATE quarter_steps SET sha256 = ''", "DELETE FROM quarter_steps", "TRUNCATE quarter_steps"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), database.begin() as connection:
            connection.execute(sa.text(change))


def test_no_step_down_forgets_a_closed_quarter(empty: sa.Engine) -> None:
    upgrade_to_head(empty)
    with empty.begin() as connection:
        quarter_tables.record(connection, "2021Q1", STEP)
    with pytest.raises(RuntimeError, match="quarter_steps holds recorded history"):
        downgrade(empty, "0006")
