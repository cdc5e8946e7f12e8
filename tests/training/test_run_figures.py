"""Figures of a run that are counted, not estimated: every vintage, and what the rows were made from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.training import tables
from training.run_figures import of_source, of_vintages


def test_vintages_cover_every_row_whoever_trained_or_judged() -> None:
    table = tables.table(3000)
    found = of_vintages(table)
    quarters = sorted(set(table.segments["vintage"].tolist()))
    assert sum(found[f"vintage.{it}.rows"] for it in quarters) == len(table)
    assert sum(found[f"vintage.{it}.bads"] for it in quarters) == table.target.sum()
    first = table.target[table.segments["vintage"] == quarters[0]]
    assert found[f"vintage.{quarters[0]}.bad_rate"] == pytest.approx(first.mean())
    for it in quarters:
        name = f"vintage.{it}.bad_rate"
        assert found[f"{name}.low"] < found[name] < found[f"{name}.high"]


def test_a_table_without_vintages_has_no_such_figures() -> None:
    assert of_vintages(replace(tables.table(400), segments={})) == {}


def test_counts_among_the_words_of_origin_are_figures_and_other_words_are_not() -> None:
    source = {"loans good, kept_to_terms": "4713", "county": "卢氏县", "known_at": "2021-04-15T01:00:00+00:00"}
    assert of_source(replace(tables.table(400), source=source)) == {"source.loans good_2c_ kept_to_terms": 4713.0}
