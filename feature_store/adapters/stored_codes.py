"""Each household's codes as a source last stored them, so that unchanged values are not stored twice."""

from __future__ import annotations

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_read import arrays_out

_BATCHES = sa.text("""
    SELECT batch_no, first_seq, last_seq, n_rows FROM batches
    WHERE source = :source AND indicators = CAST(:indicators AS text[]) AND first_seq IS NOT NULL
    ORDER BY last_seq DESC""")
_COLUMNS = ("household_no", "seq", "codes")
_OF_BATCH = "FROM filings WHERE seq BETWEEN %s AND %s AND batch_no = %s AND codes IS NOT NULL"
_OF_HOUSEHOLDS = """
    FROM (SELECT DISTINCT ON (f.household_no) f.household_no, f.seq, f.codes
          FROM filings f JOIN batches b USING (batch_no)
          WHERE f.household_no = ANY(%s) AND f.source = %s AND f.codes IS NOT NULL AND b.indicators = %s::text[]
          ORDER BY f.household_no, f.seq DESC) latest"""
_FEW = 2_000
"""Up to so many households are looked up one by one; more are read batch by batch."""


def same_as(
    connection: sa.Connection,
    households: NDArray[np.int32],
    codes: NDArray[np.int32],
    *,
    source: str,
    source_no: int,
    indicators: tuple[str, ...],
) -> NDArray[np.int64]:
    """For each row the sequence number of the filing that already holds its codes, or 0.

    households: int32 (n_rows,). codes: int32 (n_rows, n_indicators), in the order of ``indicators``.
    Only the last codes stored for a household in that order of indicators are compared.
    """
    order = np.argsort(households)
    sorted_households = households[order]
    last = np.zeros(len(households), np.int64)
    same = np.zeros(len(households), np.bool_)

    def compare(rest: str, values: tuple[object, ...]) -> None:
        rows = arrays_out(connection, _COLUMNS, rest, values)
        if rows is None:
            return
        household, seq, stored = rows
        found = np.minimum(np.searchsorted(sorted_households, household), len(order) - 1)
        place = order[found]
        ours = (sorted_households[found] == household) & (seq > last[place])
        at = place[ours]
        last[at] = seq[ours]
        same[at] = (stored[ours] == codes[at]).all(axis=1)

    if len(households) <= _FEW:
        if len(households):
            compare(_OF_HOUSEHOLDS, (households.tolist(), source_no, list(indicators)))
        return np.where(same, last, 0)
    for batch in connection.execute(_BATCHES, {"source": source, "indicators": list(indicators)}).all():
        if last.min() > batch.last_seq:
            break
        compare(_OF_BATCH, (batch.first_seq, batch.last_seq, batch.batch_no))
    return np.where(same, last, 0)
