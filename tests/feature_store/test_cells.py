"""Reading a column gives, cell by cell, what reading a cell gives."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feature_store import cells
from scoring.policy import codes
from scoring.policy.load import ROOT, load

INDICATORS = load(ROOT / "lushi" / "2017-04-01").indicators
KINDS = {(it.kind, it.decimals): it for it in INDICATORS}
likely = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "",
            " ",
            "yes",
            "NO",
            "是",
            "none",
            "open",
            "无",
            "2017-02-29",
            "2017-03-31",
            "-0",
            "+1",
            "1e3",
            "12.50",
            "１２",
            "7\n",
            "\u30007",
            "\x1f7",
            "0.000000",
            "1.0000001",
            "-0.5",
            "999999999999",
        ]
    ),
    st.decimals(-(10**6), 10**10, places=2).map(str),
    st.integers(-(10**13), 10**13).map(str),
    st.text(max_size=6),
)


@pytest.mark.parametrize("kind", sorted(KINDS), ids=str)
@pytest.mark.parametrize("many", [0, 10**9], ids=["arithmetic", "one by one"])
@settings(max_examples=60, deadline=None)
@given(written=st.lists(likely, max_size=40))
def test_a_column_reads_as_its_cells(written: list[str | None], kind: Any, many: int) -> None:
    indicator = KINDS[kind]
    before, cells._MANY = cells._MANY, many
    try:
        numbers, bad = cells.codes_of(pl.Series(written, dtype=pl.String), indicator)
    finally:
        cells._MANY = before
    expected = [codes.read(indicator, it or "") for it in written]
    assert [None if wrong else number for number, wrong in zip(numbers.tolist(), bad.tolist(), strict=True)] == expected


def test_sums_are_read_in_cents_and_nothing_is_rounded() -> None:
    column = pl.Series(["1", "0.05", "1.5", "1.234", "-2.00", "1.50000", "", "x", None])
    numbers, bad = cells.numbers_of(column, decimals=2, low=-(10**6), high=10**6)
    assert [None if wrong else it for it, wrong in zip(numbers.tolist(), bad.tolist(), strict=True)] == [
        100, 5, 150, None, -200, 150, None, None, None
    ]  # fmt: skip
