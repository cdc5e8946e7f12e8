"""What the store already knows, read when a check asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import polars as pl
import sqlalchemy as sa

from feature_store.adapters import id_keys, id_numbers
from feature_store.id_cipher import IdKey
from feature_store.known import IdIndex


class KnownInStore:
    """The register, the areas and the loan book as committed when they are first asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def households(self) -> pl.DataFrame:
        """Every household of the register."""
        return self._households

    def loans(self) -> pl.DataFrame:
        """Every loan of the loan book."""
        return self._loans

    def areas(self) -> Mapping[str, str]:
        """Area code to kind."""
        return self._areas

    def id_index(self, id_key: IdKey) -> IdIndex:
        """The county's index of ID numbers; the key stays the one in use until the transaction ends.

        Raises:
            WrongIdKey: where the key in use is another.
        """
        id_keys.hold(self._connection, id_key)
        return id_numbers.county_index(self._connection)

    @cached_property
    def _households(self) -> pl.DataFrame:
        return self._numbers("SELECT household_id, household_no FROM households")

    @cached_property
    def _loans(self) -> pl.DataFrame:
        return self._numbers("SELECT loan_id, loan_no FROM loans")

    @cached_property
    def _areas(self) -> Mapping[str, str]:
        return {row.code: row.kind for row in self._connection.execute(sa.text("SELECT code, kind FROM areas"))}

    def _numbers(self, query: str) -> pl.DataFrame:
        rows = self._connection.execute(sa.text(query)).all()
        columns = {"id": [row[0] for row in rows], "no": [row[1] for row in rows]}
        return pl.DataFrame(columns, schema={"id": pl.String, "no": pl.Int32})
