"""A stolen database without the key: no ID number comes out of it, not even by trying every number there can be.

The number space is a real one: every valid number of one region and one birth year, some 365,000. What is searched is every table as text
and as binary, and the tables' files. Numbers and county are synthetic.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters import id_numbers
from feature_store.adapters.import_file import import_file
from feature_store.adapters.store import Store
from feature_store.adapters.tables import metadata
from feature_store.id_cipher import COUNTY, REGISTRATION, SEARCH, IdKey
from feature_store.importing import files_in_order
from feature_store.synthetic.county import write_county
from scoring.policy.load import ROOT, load_index

KEY = IdKey(hashlib.sha256(b"a key that nobody guesses").digest())
GUESSED = (
    b"", b"\0", bytes(32), b"411299", b"county", b"lushi", "卢氏县".encode(), b"registration", b"search", b"id_numbers", b"id_index",
    b"registrations", KEY.key_id.encode(), bytes.fromhex(KEY.key_id), b"lushi-credit/id-numbers",
)  # fmt: skip
_CHECK = np.frombuffer(b"10X98765432", np.uint8)
_WEIGHTS = np.array([2 ** (17 - place) % 11 for place in range(17)])


def every_number(region: str, year: int) -> list[bytes]:
    """Every valid number of a region and a birth year."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = [date.fromordinal(it).strftime("%Y%m%d") for it in range(first, last + 1)]
    text = "".join(f"{region}{day}{serial:03d}" for day in days for serial in range(1000))
    digits = np.frombuffer(text.encode(), np.uint8).reshape(-1, 17)
    check = _CHECK[(digits.astype(np.int64) - 48) @ _WEIGHTS % 11]
    whole = np.column_stack([digits, check]).tobytes()
    return [whole[at : at + 18] for at in range(0, len(whole), 18)]


class Dump:
    """What was stolen, ready to be searched for digests anywhere in it, raw or written as hexadecimal or base64."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.plain = {found for piece in pieces for found in _numbers_in(piece)}
        self._windows = np.unique(np.concatenate([_windows(it) for piece in pieces for it in _readings(piece)]))

    def hits(self, digests: list[bytes]) -> int:
        """How many of these digests begin somewhere in the dump."""
        begins = np.frombuffer(b"".join(it[:8] for it in digests), "<u8")
        return int(np.isin(begins, self._windows).sum())


def _numbers_in(piece: bytes) -> Iterator[bytes]:
    for found in re.finditer(rb"(?=([0-9]{17}[0-9Xx]))", piece):
        yield found[1].upper()


def _readings(piece: bytes) -> Iterator[bytes]:
    yield piece
    for run in re.findall(rb"[0-9a-fA-F]{16,}", piece):
        for shift in (0, 1):
            even = run[shift : shift + (len(run) - shift) // 2 * 2]
            yield bytes.fromhex(even.decode())
    for run in re.findall(rb"[A-Za-z0-9+/_-]{16,}", piece):
        plain = run.replace(b"-", b"+").replace(b"_", b"/")
        for shift in range(4):
            yield base64.b64decode(plain[shift : shift + (len(plain) - shift) // 4 * 4])


def _windows(data: bytes) -> NDArray[np.uint64]:
    """Every 8 bytes that follow each other."""
    if len(data) < 8:
        return np.zeros(0, np.uint64)
    return np.concatenate(
        [np.frombuffer(data, "<u8", (len(data) - at) // 8, at) for at in range(min(8, len(data) - 7))]
    )


def digests_of(numbers: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """What somebody without the key can make of every number."""
    for name in ("sha256", "sha1", "md5", "sha512"):
        yield name, [hashlib.new(name, it, usedforsecurity=False).digest() for it in numbers]
    for key in GUESSED:
        yield f"HMAC under {key!r}", [hmac.digest(key, it, "sha256") for it in numbers]
    for secret in (bytes(32), hashlib.sha256(b"").digest(), KEY.key_id.encode() * 4):
        guess = IdKey(secret)
        yield "an index under a guessed key", [_mac(guess, it) for it in numbers]


def _mac(key: IdKey, number: bytes, tenant: str = COUNTY, purpose: str = REGISTRATION) -> bytes:
    return key.fingerprint(number.decode(), tenant=tenant, purpose=purpose)


def stolen(engine: sa.Engine) -> list[bytes]:
    """Every table as text and as binary, and the files on disk that hold tables and indexes."""
    pieces = []
    with engine.connect() as connection:
        connection.execute(sa.text("CHECKPOINT"))
        cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
        for table in (*metadata.tables, "alembic_version"):
            for form in ("text", "binary"):
                with cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT {form})") as copy:
                    pieces.append(b"".join(copy))
        folder = Path(connection.execute(sa.text("SHOW data_directory")).scalar_one())
        files = "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND oid >= 16384"
        for path in connection.execute(sa.text(files)).scalars():
            pieces.append((folder / path).read_bytes())
    return pieces


@pytest.fixture
def county_of_300(new_database: Callable[[], sa.Engine], tmp_path: Path) -> tuple[sa.Engine, list[str]]:
    """A synthetic county with its first round imported, one bank's index filled; and its ID numbers."""
    policies = load_index(ROOT / "lushi")
    first, second = policies.policies
    write_county(
        tmp_path / "county", policy_2017=first, policy_2021=second, households=300, seed=7, format="csv",
        full_rows=False, rounds=1, progress=None,
    )  # fmt: skip
    engine = new_database()
    store = Store(engine)
    for path in files_in_order([tmp_path / "county" / "2017-04-10"]):
        done = import_file(store, path, policies=policies, now=lambda: datetime(2017, 4, 10, tzinfo=UTC), id_key=KEY)
        assert done.outcome == "imported", done.faults[:2]
    frame = pl.read_csv(tmp_path / "county" / "2017-04-10" / "households.csv", infer_schema=False)
    with engine.begin() as connection:
        for household_id in frame["household_id"][:50]:
            id_numbers.index_for(connection, household_id, tenant="bank-a", purpose=SEARCH, id_key=KEY)
    return engine, frame["id_number"].drop_nulls().to_list()


@pytest.mark.slow
def test_no_number_comes_out_of_a_stolen_database(county_of_300: tuple[sa.Engine, list[str]]) -> None:
    engine, numbers = county_of_300
    years = [it[6:10] for it in numbers]
    year = max(set(years), key=years.count)
    real = {it.encode() for it in numbers if it[6:10] == year}
    space = every_number("411299", int(year))
    assert len(space) == len(set(space)) >= 365_000
    assert real <= set(space)
    pieces = stolen(engine)
    dump = Dump(pieces)
    assert not dump.plain & set(space)
    found = {name: hits for name, digests in digests_of(space) if (hits := dump.hits(digests))}
    assert found == {}
    # What the search can do: with the key it finds exactly the numbers that are there, and it sees each form that was planted.
    assert dump.hits([_mac(KEY, it) for it in space]) == len(real) > 0
    banks = dump.hits([_mac(KEY, it.encode(), "bank-a", SEARCH) for it in numbers])
    assert 45 <= banks <= 50
    one = min(real)
    planted = [one, hashlib.sha1(one).hexdigest().encode(), b"\\x" + hashlib.sha256(one).hexdigest().encode(),
               b"k" + base64.b64encode(hashlib.md5(one).digest()), hmac.digest(b"411299", one, "sha256")]  # fmt: skip
    for piece in planted:
        seen = Dump([*pieces, b"x" + piece + b"y"])
        assert (seen.plain & set(space) != set()) + sum(seen.hits([digest]) for _, (digest,) in digests_of([one])) == 1
