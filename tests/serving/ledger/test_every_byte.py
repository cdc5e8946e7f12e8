"""Every single byte of the log's tables, changed one after another: verification names each; so for whole rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from feature_store.adapters import log_tables
from scoring.canonical import canonical
from serving.ledger import log, proofs
from serving.ledger.verify import verify
from tests.verify.logs import SIGNER

WHEN = datetime(2021, 4, 15, tzinfo=UTC)
ENTRIES = 5
TABLES = ("log_entries", "log_nodes", "log_contents", "checkpoints")
BYTES = {
    "log_entries.body": "SELECT index AS at, length(body) AS n FROM log_entries",
    "log_contents.content": "SELECT index AS at, length(content) AS n FROM log_contents",
    "log_contents.salt": "SELECT index AS at, length(salt) AS n FROM log_contents",
}


@pytest.fixture
def kept(database: sa.Engine) -> Iterator[sa.Connection]:
    """A log of a few small entries under two checkpoints, open for changes that no program can make; undone at the end."""
    with database.begin() as connection:
        for number in range(ENTRIES):
            content = canonical({"no": number, "word": "信用"})
            log.append(connection, kind="override", recorded_at=WHEN, content=content)
            if number in (2, 4):
                proofs.sign(connection, SIGNER, WHEN)
    with database.connect() as connection:
        for table in TABLES:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        assert verify(connection, SIGNER).faults == []
        yield connection
        connection.rollback()


def _found(connection: sa.Connection, statement: str, **values: object) -> bool:
    """Whether verification names a fault after the statement, which is undone."""
    savepoint = connection.begin_nested()
    assert connection.execute(sa.text(statement), values).rowcount
    faults = verify(connection, SIGNER).faults
    savepoint.rollback()
    return bool(faults)


@pytest.mark.parametrize("column", BYTES)
def test_every_single_byte_that_changes_is_found(kept: sa.Connection, column: str) -> None:
    table, name = column.split(".")
    changed = 0
    for row in kept.execute(sa.text(BYTES[column])).all():
        for byte in range(row.n):
            statement = (
                f"UPDATE {table} SET {name} = set_byte({name}, :byte, get_byte({name}, :byte) # :bit) WHERE index = :at"
            )
            assert _found(kept, statement, byte=byte, bit=1 << byte % 8, at=row.at), (column, row.at, byte)
            changed += 1
    assert changed >= ENTRIES * 24


def test_every_byte_of_every_node_and_checkpoint_that_changes_is_found(kept: sa.Connection) -> None:
    nodes = kept.execute(sa.text("SELECT level, position FROM log_nodes")).all()
    for row in nodes:
        for byte in range(32):
            statement = "UPDATE log_nodes SET hash = set_byte(hash, :byte, get_byte(hash, :byte) # 1) WHERE level = :level AND position = :position"
            assert _found(kept, statement, byte=byte, level=row.level, position=row.position)
    for size, note in log_tables.checkpoints(kept):
        for place, letter in enumerate(note):
            other = "A" if letter != "A" else "B"
            changed = note[:place] + other + note[place + 1 :]
            assert _found(kept, "UPDATE checkpoints SET note = :note WHERE size = :size", note=changed, size=size), (
                place
            )


def test_every_row_that_is_dropped_doubled_or_swapped_is_found(kept: sa.Connection) -> None:
    for index in range(ENTRIES):
        assert _found(kept, "DELETE FROM log_entries WHERE index = :at", at=index)
        assert _found(kept, "DELETE FROM log_entries WHERE index >= :at", at=index), "cut off from here"
        assert _found(kept, "UPDATE log_entries SET index = :new WHERE index = :at", at=index, new=ENTRIES + index)
        doubled = "INSERT INTO log_entries SELECT :new, kind, recorded_at, body FROM log_entries WHERE index = :at"
        assert _found(kept, doubled, at=index, new=ENTRIES)
        for other in range(index):
            for table, column in (("log_entries", "body"), ("log_contents", "content"), ("log_contents", "salt")):
                swap = (
                    f"UPDATE {table} t SET {column} = o.{column} FROM {table} o"
                    " WHERE t.index IN (:a, :b) AND o.index IN (:a, :b) AND o.index <> t.index"
                )
                assert _found(kept, swap, a=index, b=other), (table, column, index, other)
