"""A household's story costs what it tells: contents of the log are read as JSON once each, and no others."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from feature_store.adapters.case_reads import CALLS, LAST, UNMASKED
from feature_store.adapters.together import Asked, together

VALUES = {"household_id": "411299101201-0001", "before": LAST, "most": 20}


@pytest.mark.parametrize("asked", [CALLS, UNMASKED], ids=["calls", "unmaskings"])
def test_a_content_is_read_as_json_once_and_for_its_own_entry(asked: Asked, database: sa.Engine) -> None:
    values = {name: value for name, value in VALUES.items() if f":{name}" in asked.text}
    with database.begin() as connection:
        (rows,) = together(connection, (Asked(f"EXPLAIN (VERBOSE, COSTS OFF) {asked.text}"), values))
    plan = [str(row[0]).strip() for row in rows]
    at = next(place for place, line in enumerate(plan) if "on public.log_contents" in line)
    assert plan[at + 1].startswith("Output: (convert_from(l.content"), (
        "read where it is found, for all that is asked of it"
    )
    assert plan[at + 2].startswith("Index Cond: (l.index = "), "found by its entry, never by what it says"
