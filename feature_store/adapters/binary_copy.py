"""PostgreSQL's binary COPY, in and out, as whole numpy columns instead of one Python object a cell.

Format: PostgreSQL 18 documentation, "COPY", section "Binary Format". A tuple is an int16 count of
fields, then for each field an int32 length (-1 for NULL) and that many bytes, all big-endian.
An ``int4[]`` without NULLs is ndim, flags, element type, size, lower bound, then (length, value) pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
import sqlalchemy as sa
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
INT4_OID = 23
_CHUNK_ROWS = 8192
DAY_ZERO = 730_120
"""Ordinal of 2000-01-01, PostgreSQL's day number zero."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be written: :class:`Fixed` or :class:`Bytes`."""


@dataclass(frozen=True, slots=True)
class Fixed(Column):
    """A column of values of one width. ``raw``: uint8 (n_rows, width); ``null``: bool (n_rows,) or None."""

    raw: NDArray[np.uint8]
    null: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Bytes(Column):
    """A column of text or bytes: everything joined, and each row's length (-1 for NULL)."""

    joined: NDArray[np.uint8]
    lengths: NDArray[np.int64]


def integers(values: NDArray[Any], kind: str, *, null: NDArray[np.bool_] | None = None) -> Fixed:
    """A smallint ('>i2'), integer ('>i4') or bigint ('>i8') column."""
    wide = np.ascontiguousarray(values, dtype=kind)
    return Fixed(wide.view(np.uint8).reshape(len(values), wide.itemsize), null)


def booleans(values: Sequence[bool]) -> Fixed:
    """A boolean column."""
    return Fixed(np.array(values, np.uint8).reshape(len(values), 1))


def dates(ordinals: NDArray[np.int32]) -> Fixed:
    """A date column from day ordinals; 0 is NULL."""
    return integers(ordinals - DAY_ZERO, ">i4", null=ordinals == 0)


def texts(values: Sequence[str | None]) -> Bytes:
    """A text column."""
    return blobs([None if value is None else value.encode() for value in values])


def blobs(values: Sequence[bytes | None]) -> Bytes:
    """A bytea column."""
    lengths = np.fromiter((-1 if value is None else len(value) for value in values), np.int64, len(values))
    return Bytes(np.frombuffer(b"".join(filter(None, values)), np.uint8), lengths)


def arrays(codes: NDArray[np.int32], *, null: NDArray[np.bool_] | None = None) -> Fixed:
    """An int4[] column from a matrix (n_rows, n_elements), n_elements at least 1."""
    rows, size = codes.shape
    wide = np.empty((rows, 5 + 2 * size), dtype=">i4")
    wide[:, :5] = (1, 0, INT4_OID, size, 1)
    wide[:, 5::2] = 4
    wide[:, 6::2] = codes
    return Fixed(wide.view(np.uint8).reshape(rows, wide.shape[1] * 4), null)


def copy_in(connection: sa.Connection, target: str, columns: Sequence[Column]) -> None:
    """Append rows to ``target`` (a table with its columns, as SQL) in the connection's transaction."""
    with cursor_of(connection) as cursor, cursor.copy(f"COPY {target} FROM STDIN (FORMAT binary)") as copy:
        for piece in encode(columns):
            copy.write(piece)


def encode(columns: Sequence[Column]) -> Iterator[bytes]:
    """The binary stream of these columns, in pieces."""
    yield HEADER
    rows = _n_rows(columns[0])
    text_at = [_starts(column) for column in columns]
    for start in range(0, rows, _CHUNK_ROWS):
        yield _encode_rows(columns, slice(start, min(start + _CHUNK_ROWS, rows)), text_at)
    yield TRAILER


def copy_out(connection: sa.Connection, query: str, values: Sequence[object], row: np.dtype[Any]) -> NDArray[Any]:
    """The rows of a query without NULLs and of fixed width, as a structured array of ``row``.

    ``row`` comes from :func:`row_of`. Many rows are read faster by
    :func:`feature_store.adapters.binary_read.arrays_out`.
    """
    with cursor_of(connection) as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", values) as copy:
        data = b"".join(copy)
    size = len(data) - len(HEADER) - len(TRAILER)
    if size % row.itemsize:
        raise ValueError(f"rows of {row.itemsize} bytes expected; the query gave {size} bytes")
    return np.frombuffer(data, row, count=size // row.itemsize, offset=len(HEADER))


def row_of(**fields: str) -> np.dtype[Any]:
    """The layout of a fixed-width row: name to '>i2', '>i4' or '>i8', in the query's order.

    >>> row_of(seq=">i8", grade=">i2").itemsize
    20
    """
    parts = [(f"_{name}", name, kind) for name, kind in fields.items()]
    flat = [("_n", ">i2"), *(it for size, name, kind in parts for it in ((size, ">i4"), (name, kind)))]
    return np.dtype(flat)


def cursor_of(connection: sa.Connection) -> psycopg.Cursor[Any]:
    """A cursor of the driver in the connection's transaction."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver.cursor()


def _n_rows(column: Column) -> int:
    if isinstance(column, Bytes):
        return len(column.lengths)
    assert isinstance(column, Fixed)
    return len(column.raw)


def _starts(column: Column) -> NDArray[np.int64] | None:
    if not isinstance(column, Bytes):
        return None
    ends = np.cumsum(np.maximum(column.lengths, 0))
    return np.concatenate(([0], ends))


def _encode_rows(columns: Sequence[Column], rows: slice, text_at: Sequence[NDArray[np.int64] | None]) -> bytes:
    """The tuples of one chunk: every field is written at its rows' own offsets."""
    count = rows.stop - rows.start
    lengths = np.empty((len(columns), count), np.int64)
    for field, column in enumerate(columns):
        if isinstance(column, Bytes):
            lengths[field] = column.lengths[rows]
        elif isinstance(column, Fixed):
            width = column.raw.shape[1]
            lengths[field] = width if column.null is None else np.where(column.null[rows], -1, width)
    sizes = np.maximum(lengths, 0)
    row_size = 2 + 4 * len(columns) + sizes.sum(axis=0)
    at = np.cumsum(row_size) - row_size
    out = np.empty(int(row_size.sum()), np.uint8)
    _put(out, at, np.full(count, len(columns), ">i2").view(np.uint8).reshape(count, 2))
    at = at + 2
    for field, column in enumerate(columns):
        _put(out, at, lengths[field].astype(">i4").view(np.uint8).reshape(count, 4))
        at = at + 4
        if isinstance(column, Bytes):
            starts = text_at[field]
            assert starts is not None
            taken = column.joined[starts[rows.start] : starts[rows.stop]]
            shift = at - (starts[rows] - starts[rows.start])
            out[np.repeat(shift, sizes[field]) + np.arange(len(taken))] = taken
        elif isinstance(column, Fixed) and column.null is None:
            _put(out, at, column.raw[rows])
        elif isinstance(column, Fixed) and column.null is not None:
            given = ~column.null[rows]
            _put(out, at[given], column.raw[rows][given])
        at = at + sizes[field]
    return out.tobytes()


def _put(out: NDArray[np.uint8], at: NDArray[np.int64], raw: NDArray[np.uint8]) -> None:
    """Write ``raw[i]`` at ``out[at[i]:]``; evenly spaced rows are written as one strided block."""
    rows, width = raw.shape
    if not rows:
        return
    step = int(at[1] - at[0]) if rows > 1 else width
    if rows == 1 or (int(at[-1]) - int(at[0]) == step * (rows - 1) and bool((np.diff(at) == step).all())):
        view = np.lib.stride_tricks.as_strided(out[at[0] :], (rows, width), (step, 1))
        view[:] = raw
        return
    out[at[:, None] + np.arange(width)] = raw
