"""Columns of a query as whole numpy arrays: the server gathers rows into arrays, we read their bytes.

An array value in binary form is ndim, flags, element type, then (size, lower bound) per dimension and
(length, value) per element, all big-endian (PostgreSQL's ``array_send``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_copy import HEADER, TRAILER, cursor_of

_ELEMENTS = {23: ">i4", 20: ">i8"}
"""Type number of int4 and int8 to their bytes."""
_GATHERED = 65536
"""Rows that the server gathers into one message."""


def arrays_out(
    connection: sa.Connection, columns: Sequence[str], rest: str, values: Sequence[object]
) -> list[NDArray[Any]] | None:
    """The columns of ``SELECT columns rest`` as whole arrays; None where there are no rows.

    columns: SQL expressions of type int4 or int8, giving (n_rows,), or int4[] of one length, giving
    (n_rows, n_elements). No value may be NULL. ``rest`` begins with FROM and has a column ``seq``.
    The server gathers many rows into one message, which costs a small part of a message each.
    """
    gathered = ", ".join(f"array_agg({column})" for column in columns)
    query = f"COPY (SELECT {gathered} {rest} GROUP BY seq / {_GATHERED}) TO STDOUT (FORMAT binary)"
    with cursor_of(connection) as cursor, cursor.copy(query, values) as copy:
        data = b"".join(copy)
    pieces: list[list[NDArray[Any]]] = []
    at = len(HEADER)
    while data[at : at + 2] != TRAILER:
        at += 2
        piece = []
        for _ in columns:
            size = int.from_bytes(data[at : at + 4])
            piece.append(_array(data, at + 4))
            at += 4 + size
        pieces.append(piece)
    if not pieces:
        return None
    if len(pieces) == 1:
        return pieces[0]
    return [np.concatenate([piece[column] for piece in pieces]) for column in range(len(columns))]


def _array(data: bytes, at: int) -> NDArray[Any]:
    """The array value that begins at a byte: its elements, in the machine's own byte order."""
    dimensions, nulls, oid = np.frombuffer(data, ">i4", 3, at).tolist()
    if nulls:
        raise ValueError("an array holds NULLs; only columns without them can be read this way")
    kind = _ELEMENTS[oid]
    shape = np.frombuffer(data, ">i4", 2 * dimensions, at + 12)[::2].tolist()
    elements = np.frombuffer(data, [("length", ">i4"), ("value", kind)], math.prod(shape), at + 12 + 8 * dimensions)
    return elements["value"].astype(kind.replace(">", "=")).reshape(shape)
