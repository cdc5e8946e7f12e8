"""Statements of the bank's call, several sent at once and waited for once: each costs a third of its way through SQLAlchemy.

They run one after the other, each with its own snapshot, inside the transaction of the SQLAlchemy connection that they are
given; what fails, fails as SQLAlchemy's own errors do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import namedtuple_row

_NAME = re.compile(r"(?<!:):([a-z_]\w*)")
_BYTES = re.compile(r"(?<!:):([a-z_]\w*)(?= AS bytea\[\])")
"""Lists of bytes: sent as they are, since writing them as text takes fifteen times as long."""
Rows = Sequence[Any]
"""Rows by column name and place; empty for a statement that gives none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement with ``:name`` parameters, written once."""

    text: str
    sent: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sent = _BYTES.sub(r"%(\1)b", self.text.replace("%", "%%"))
        object.__setattr__(self, "sent", _NAME.sub(r"%(\1)s", sent))


Sent = tuple[Asked, Mapping[str, Any]]
"""A statement with its parameters."""


def together(connection: sa.Connection, *asked: Sent) -> list[Rows]:
    """The rows of each statement.

    Raises:
        sqlalchemy.exc.DBAPIError: of the kind that SQLAlchemy raises; the connection is given up where it was lost.
    """
    if connection.invalidated:
        raise sa.exc.OperationalError("", {}, psycopg.OperationalError("the connection was lost"), hide_parameters=True)
    driver: Any = connection.connection.driver_connection
    try:
        if len(asked) == 1:
            return [_rows(_sent(driver, *asked[0]))]
        with driver.pipeline():
            cursors = [_sent(driver, *one) for one in asked]
        return [_rows(one) for one in cursors]
    except psycopg.Error as error:
        lost = bool(driver.closed)
        wrapped = sa.exc.DBAPIError.instance(
            "", {}, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost, dialect=connection.dialect
        )
        if lost:
            connection.invalidate(error)
        raise wrapped from error


def _sent(driver: Any, asked: Asked, values: Mapping[str, Any]) -> Any:
    return driver.cursor(row_factory=namedtuple_row).execute(asked.sent, values or None)


def _rows(cursor: Any) -> Rows:
    return cursor.fetchall() if cursor.description else ()
