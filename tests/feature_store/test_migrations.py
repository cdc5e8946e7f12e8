"""Every step up and down on a real database, with the data that the step before left behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from feature_store.adapters.migrate import downgrade, move, upgrade_to_head
from feature_store.adapters.migrations import versions
from feature_store.adapters.tables import metadata
from scoring.canonical import canonical, sha256
from serving.ledger.verify import verify
from tests.verify.logs import SIGNER

DECISIONS = 300
STEPS = sorted(Path(versions.__file__).parent.glob("v[0-9]*.py"))


def _decided_before_the_log(engine: sa.Engine) -> list[bytes]:
    """Decisions as the fourth step kept them."""
    contents = [canonical({"decision": number, "word": "信用"}) for number in range(DECISIONS)]
    with engine.begin() as connection:
        household = "INSERT INTO households (household_id) VALUES ('h') RETURNING household_no"
        household_no = connection.execute(sa.text(household)).scalar_one()
        row = sa.text("INSERT INTO decisions VALUES (:no, :id, :household, :at, :entry, :sha256)")
        for number, content in enumerate(contents):
            values = {"no": number, "id": uuid4(), "household": household_no, "entry": content}
            digest = bytes.fromhex(sha256(content))
            connection.execute(row, values | {"sha256": digest, "at": datetime(2021, 4, 15, tzinfo=UTC)})
    return contents


def test_up_down_and_up_again_on_an_empty_database(empty: sa.Engine) -> None:
    upgrade_to_head(empty)
    for revision in ("0006", "0005", "0004", "0003", "0002", "0001", "base"):
        downgrade(empty, revision)
    with empty.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    upgrade_to_head(empty)
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_each_step_taken_back_and_made_again_leaves_the_same_tables(empty: sa.Engine) -> None:
    upgrade_to_head(empty)
    for _ in STEPS:
        before = _shape(empty)
        move(empty, "-1", command.downgrade)
        assert _shape(empty) != before
        move(empty, "+1", command.upgrade)
        assert _shape(empty) == before
        move(empty, "-1", command.downgrade)
    assert _shape(empty) == set()


def _shape(engine: sa.Engine) -> set[tuple[str, ...]]:
    """Every column with its way of storing, constraint, index and trigger of the database but those of alembic's own table."""
    ours = "(SELECT pg_class.oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version')"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
            " UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid), '' FROM pg_constraint"
            f" WHERE contype <> 'n' AND conrelid IN {ours}"  # of 18, not null is a constraint too
            f" UNION ALL SELECT 'index', '', pg_get_indexdef(indexrelid), '' FROM pg_index WHERE indrelid IN {ours}"
            " UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger"
            f" WHERE NOT tgisinternal AND tgrelid IN {ours}"
            " UNION ALL SELECT 'storage', attname, attrelid::regclass::text, attstorage::text FROM pg_attribute"
            f" JOIN pg_class ON pg_class.oid = attrelid WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attrelid IN {ours}"
        ).all()
    return {tuple(row) for row in rows}


def test_decisions_of_before_move_into_the_log_and_back(empty: sa.Engine) -> None:
    move(empty, "0004", command.upgrade)
    contents = _decided_before_the_log(empty)
    upgrade_to_head(empty)
    with empty.connect() as connection:
        found = verify(connection, SIGNER)
        assert (found.faults, found.size, found.kinds) == ([], DECISIONS, {"decision": DECISIONS})
        kept = connection.execute(sa.text("SELECT content FROM log_contents ORDER BY index")).scalars()
        assert [bytes(it) for it in kept] == contents
    downgrade(empty, "0004")
    with empty.connect() as connection:
        rows = connection.execute(sa.text("SELECT entry, sha256 FROM decisions ORDER BY entry_no")).all()
    assert [bytes(row.entry) for row in rows] == contents
    assert [bytes(row.sha256).hex() for row in rows] == [sha256(it) for it in contents]
    upgrade_to_head(empty)


@pytest.mark.parametrize(
    "row",
    [
        'suspensions (entry_no, kind, reason, "by", second, why, recorded_at)'
        " VALUES (0, 'opinion_suspended', 'two_people', 'Wang', 'Li', 'drought', now())",
        "alarm_reports (report_sha256, on_date, alarms, recorded_at) VALUES ('0', '2020-10-31', '[]', now())",
        "webhook_messages VALUES ('msg_1', 0, '', now())",
    ],
)
def test_what_was_suspended_raised_or_told_is_not_taken_back(empty: sa.Engine, row: str) -> None:
    move(empty, "0012", command.upgrade)
    with empty.begin() as connection:
        connection.exec_driver_sql("INSERT INTO log_entries VALUES (0, 'opinion_suspended', now(), '')")
        connection.exec_driver_sql(f"INSERT INTO {row}")
    with pytest.raises(RuntimeError, match=f"{row.split()[0]} holds recorded history"):
        downgrade(empty, "0010")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"second": "' wang'"}, "suspensions_reason"),
        ({"why": "' '"}, "suspensions_reason"),
        ({"reason": "'red_alarm'"}, "suspensions_reason"),
        ({"kind": "'opinion_resumed'"}, "suspensions_kind"),
        ({"ends": "0"}, "suspensions_kind"),
    ],
)
def test_the_database_itself_refuses_a_suspension_without_two_people_a_cause_or_an_alarm(
    database: sa.Engine, changes: dict[str, str], named: str
) -> None:
    row = {"entry_no": "0", "kind": "'opinion_suspended'", "reason": "'two_people'", '"by"': "'Wang'"}
    row |= {"second": "'Li'", "why": "'drought'", "recorded_at": "now()"} | changes
    added = f"INSERT INTO suspensions ({', '.join(row)}) VALUES ({', '.join(row.values())})"
    with database.begin() as connection:
        connection.exec_driver_sql("INSERT INTO log_entries VALUES (0, 'opinion_suspended', now(), '')")
    with pytest.raises(sa.exc.IntegrityError, match=named), database.begin() as connection:
        connection.exec_driver_sql(added)


def test_decisions_of_before_tell_whether_terms_were_offered(empty: sa.Engine) -> None:
    move(empty, "0006", command.upgrade)
    at = datetime(2021, 4, 15, 1, tzinfo=UTC)
    terms: list[object] = [{"offered": True}, {"offered": False}, None, {"offered": True}]
    with empty.begin() as connection:
        connection.execute(sa.text("INSERT INTO households (household_id) VALUES ('h')"))
        for number, one in enumerate(terms):
            content = canonical({"binding": {"terms": one, "grade": "信用"}} if one else {"binding": None})
            values = {"no": number, "id": uuid4(), "at": at, "content": content}
            connection.execute(sa.text("INSERT INTO log_entries VALUES (:no, 'decision', :at, '')"), values)
            if number < 3:  # the last one's content was erased
                connection.execute(sa.text("INSERT INTO log_contents VALUES (:no, '', :content)"), values)
            row = "INSERT INTO decisions (entry_no, decision_id, household_no, recorded_at) VALUES (:no, :id, 1, :at)"
            connection.execute(sa.text(row), values)
    move(empty, "0010", command.upgrade)
    with empty.begin() as connection:
        rows = connection.execute(sa.text("SELECT offered, offered_until FROM decisions ORDER BY entry_no")).all()
        assert [tuple(row) for row in rows] == [(True, at + timedelta(days=90)), *[(False, None)] * 3]
        with pytest.raises(sa.exc.DBAPIError), connection.begin_nested():
            connection.execute(sa.text("UPDATE decisions SET offered = true"))
        connection.execute(sa.text("INSERT INTO closings SELECT decision_id, 'disbursed', now(), 'x' FROM decisions"))
    with pytest.raises(RuntimeError, match="closings holds recorded history"):
        downgrade(empty, "0006")


def test_the_step_of_rights_keeps_decisions_and_never_forgets_a_consent(empty: sa.Engine) -> None:
    move(empty, "0004", command.upgrade)
    contents = _decided_before_the_log(empty)
    upgrade_to_head(empty)
    downgrade(empty, "0006")
    upgrade_to_head(empty)
    with empty.begin() as connection:
        kept = connection.execute(sa.text("SELECT content FROM log_contents ORDER BY index")).scalars()
        assert [bytes(it) for it in kept] == contents
        values = "('bank-a', 'paper-1', 1, 'credit_decision', '2021-04-01', '2022-04-01', 'x', now())"
        connection.execute(sa.text(f"INSERT INTO consents VALUES {values}"))
    with pytest.raises(RuntimeError, match="consents holds recorded history"):
        downgrade(empty, "0006")


def test_no_step_down_forgets_that_a_person_had_an_account(empty: sa.Engine) -> None:
    upgrade_to_head(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("INSERT INTO people VALUES ('wang-li', 'analyst', 'county', '', now())"))
    with pytest.raises(RuntimeError, match="people holds recorded history"):
        downgrade(empty, "0006")
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == [], "nothing moved"


def test_no_step_down_loses_history(empty: sa.Engine) -> None:
    move(empty, "0004", command.upgrade)
    _decided_before_the_log(empty)
    with pytest.raises(RuntimeError, match="restore a backup"):
        downgrade(empty, "base")
    upgrade_to_head(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("DELETE FROM log_contents WHERE index = 7"))
    with pytest.raises(RuntimeError, match="1 contents were erased"):
        downgrade(empty, "0004")
    with empty.connect() as connection:
        assert verify(connection, SIGNER).size == DECISIONS, "nothing moved"


_REGISTERED_BEFORE = """
INSERT INTO households (household_id) VALUES ('a'), ('b'), ('c');
INSERT INTO batches (source, file_name, file_sha256, observed_on, recorded_at, coverage, areas, indicators, n_rows, policy_sha256)
    SELECT 'households', 'f', n::text, DATE '2017-01-01' + n, TIMESTAMPTZ '2017-04-01 00:00Z' + n * interval '1 day', 'listed', '{}', '{}', 1, ''
    FROM generate_series(1, 3) AS n;
INSERT INTO registrations (batch_no, household_no, village_code, observed_on, id_mac) VALUES
    (1, 1, 'v', '2017-01-02', '\\x01'), (2, 1, 'v', '2017-01-03', '\\x02'), (3, 1, 'v', '2017-01-04', NULL),
    (1, 2, 'v', '2017-01-02', '\\x03'), (1, 3, 'v', '2017-01-02', NULL);
"""


def test_fingerprints_of_before_move_into_the_countys_index_and_back(empty: sa.Engine) -> None:
    move(empty, "0006", command.upgrade)
    with empty.begin() as connection:
        connection.exec_driver_sql(_REGISTERED_BEFORE)
    upgrade_to_head(empty)
    with empty.connect() as connection:
        rows = connection.execute(sa.text("SELECT tenant, purpose, key_id, mac, household_no FROM id_index ORDER BY 5"))
        assert [tuple(it) for it in rows] == [
            ("county", "registration", "", b"\x02", 1),
            ("county", "registration", "", b"\x03", 2),
        ]
        stated = connection.execute(sa.text("SELECT id_stated FROM registrations ORDER BY seq")).scalars().all()
        assert stated == [True, True, False, True, False]
    downgrade(empty, "0006")
    with empty.connect() as connection:
        newest = "SELECT household_no, observed_on::text, id_mac FROM registrations WHERE id_mac IS NOT NULL ORDER BY 1"
        assert [tuple(it) for it in connection.execute(sa.text(newest))] == [
            (1, "2017-01-03", b"\x02"),
            (2, "2017-01-02", b"\x03"),
        ]
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text("UPDATE registrations SET id_mac = NULL"))
    upgrade_to_head(empty)


def test_sealed_numbers_are_not_lost_by_a_step_down(empty: sa.Engine) -> None:
    move(empty, "0006", command.upgrade)
    with empty.begin() as connection:
        connection.exec_driver_sql(_REGISTERED_BEFORE)
    upgrade_to_head(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("INSERT INTO id_numbers VALUES (1, 1, 'k', '', '')"))
    with pytest.raises(RuntimeError, match="1 ID numbers are kept sealed"):
        downgrade(empty, "0006")


def test_what_was_erased_after_its_time_is_not_forgotten_by_a_step_down(empty: sa.Engine) -> None:
    upgrade_to_head(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("INSERT INTO erased_facts VALUES ('filing', 7, now())"))
    with pytest.raises(RuntimeError, match="1 facts were erased"):
        downgrade(empty, "0006")


def test_no_step_down_forgets_a_report_of_the_watch(empty: sa.Engine) -> None:
    upgrade_to_head(empty)
    with empty.begin() as connection:
        row = "('2020-10-31', '2020Q3', now(), '{}', 'x', now())"
        connection.execute(sa.text(f"INSERT INTO watch_reports VALUES {row}"))
    with pytest.raises(RuntimeError, match="watch_reports holds recorded history"):
        downgrade(empty, "0010")
