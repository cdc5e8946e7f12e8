"""What the promoted model says of those who move: their mean PD, beside the rules and never in them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from scoring.terms import Request
from serving.county.advise_county import advise_county
from serving.trying.county import try_county
from serving.trying.groups import LEAST
from serving.trying.tables import tables_of
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.trying.conftest import ON
from tests.serving.trying.drafts import AA_CUT, draft_of


def test_mean_pd_of_movers_is_that_of_their_opinions_and_moves_no_grade(advised: Advised, tmp_path: Path) -> None:
    parts = advised.served.parts
    draft = draft_of(tmp_path / "draft", AA_CUT)
    without = try_county(parts, draft, ON)
    advised.stand(models.artefact(SET))
    found = try_county(parts, draft, ON)
    assert {**found, "challenger": None, "outcomes_known_at": "", "known_at": ""} == {
        **without, "challenger": None, "outcomes_known_at": "", "known_at": "",
    }  # fmt: skip
    assert found["challenger"]["available"]
    groups = {row["kind"]: row for row in found["challenger"]["groups"]}
    lower = found["movement"]["kinds"]["lower"]
    assert groups["lower"]["suppressed"] == (lower < LEAST)
    opinions = advise_county(parts, ON, Request("planting", Decimal(30_000), 24))
    scores = opinions.columns.score
    fallen = (opinions.columns.status == 0) & (scores >= 105) & (scores < 107)
    assert int(fallen.sum()) == lower >= LEAST
    assert float(groups["lower"]["mean_pd"]) == pytest.approx(float(np.mean(opinions.said.pd[fallen])), abs=1e-6)
    shown = next(it for it in tables_of(found, "en") if "challenger" in it.title)
    assert "it never moves a grade" in shown.note
    for table in (*tables_of(found, "en"), *tables_of(found, "zh"), *tables_of(without, "zh")):
        assert all(len(row) == len(table.header) for row in table.rows), table.title


def test_a_group_too_small_shows_no_pd(advised: Advised, tmp_path: Path) -> None:
    advised.stand(models.artefact(SET))
    draft = draft_of(tmp_path / "draft", ("grades.yaml", "id: A, at_least: 90", "id: A, at_least: 91"))
    found = try_county(advised.served.parts, draft, ON)
    kinds, groups = found["movement"]["kinds"], found["challenger"]["groups"]
    small = {kind for kind, count in kinds.items() if 0 < count < LEAST}
    assert small
    assert {row["kind"] for row in groups} == {kind for kind, count in kinds.items() if count} - {"unchanged"}
    for row in groups:
        assert ("mean_pd" in row) == (row["kind"] not in small)
