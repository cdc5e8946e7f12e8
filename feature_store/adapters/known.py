"""What the store already knows, read when a check asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import polars as pl
import sqlalchemy as sa

# Every household's latest registration, whatever day it speaks of: an ID number is taken now or it is not.
_ID_MACS = sa.text("""
    SELECT latest.id_mac, h.household_id
    FROM (SELECT DISTINCT ON (r.household_no) r.household_no, r.id_mac
          FROM registrations r JOIN batches b USING (batch_no)
          WHERE r.id_mac IS NOT NULL
          ORDER BY r.household_no, r.observed_on DESC, b.recorded_at DESC, r.seq DESC) latest
    JOIN households h USING (household_no)""")


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

    def id_macs(self) -> Mapping[bytes, str]:
        """ID fingerprint to the household that now has it."""
        return {bytes(row.id_mac): row.household_id for row in self._connection.execute(_ID_MACS)}

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
