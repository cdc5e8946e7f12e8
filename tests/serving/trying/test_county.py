"""A draft tried on a county: who moves, for which number, and what the trial checks of itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from serving.county.grade_county import grade_county
from serving.trying.county import NobodyKnown, try_county
from serving.trying.movement import KINDS
from tests.serving.served import NOW, Served
from tests.serving.trying.conftest import ON, Tried
from tests.serving.trying.drafts import AA_CUT, IN_FORCE, NEXT, SINGLE, Edit, draft_of


def moved(kinds: dict[str, int]) -> int:
    return sum(count for kind, count in kinds.items() if kind != "unchanged")


def test_the_policy_in_force_tried_on_itself_moves_nobody(served: Served) -> None:
    found = try_county(served.parts, IN_FORCE, ON)
    assert found["households"] == 300
    assert moved(found["movement"]["kinds"]) == 0
    assert found["attribution"]["parts"] == []
    assert found["checks"]["null_change_moves"] == 0
    assert found["yuan"]["limit"]["change"] == "0.00"


@pytest.mark.parametrize("edit", SINGLE.values(), ids=SINGLE.keys())
def test_one_changed_number_is_the_cause_of_all_that_moves(tried: Tried, edit: Edit) -> None:
    found = tried(edit)
    (part,) = found["attribution"]["parts"]
    (change,) = part["changes"]
    count = moved(found["movement"]["kinds"])
    assert count > 0
    assert change["number"]
    assert part["here"] == found["movement"]["kinds"]
    assert part["attributed"]["moved"] == str(count)
    assert Fraction(part["attributed"]["yuan"]) == Fraction(found["yuan"]["limit"]["change"])
    assert not part["moves_nobody"]


def test_the_register_and_the_trial_count_the_same_grades(served: Served, tried: Tried) -> None:
    found = tried(AA_CUT)
    names, cells = found["movement"]["standings"], found["movement"]["matrix"]
    register = grade_county(served.parts, ON)
    for place, grade in enumerate(it.id for it in register.policy.grades):
        assert sum(cells[names.index(grade)]) == int((register.grade == place).sum())
    assert sum(map(sum, cells)) == 300


def test_townships_and_poverty_add_up_to_the_county(tried: Tried) -> None:
    found = tried(AA_CUT)
    for rows in (found["townships"], found["poverty"]):
        for kind in KINDS:
            assert sum(row["kinds"][kind] for row in rows) == found["movement"]["kinds"][kind]
    assert sum(Fraction(it["yuan_change"]) for it in found["townships"]) == Fraction(found["yuan"]["limit"]["change"])


def test_a_number_that_moves_nobody_is_named(tried: Tried) -> None:
    found = tried(
        AA_CUT,
        ("terms.yaml", "value: 15, unit: days", "value: 12, unit: days"),
        ("outcomes.yaml", "at_least_days: 91", "at_least_days: 61"),
    )
    parts = found["attribution"]["parts"]
    idle = [part["changes"][0]["file"] for part in parts if part["moves_nobody"]]
    assert idle == ["outcomes.yaml", "terms.yaml"]
    english = "\n".join(found["in_words"]["en"])
    assert "It moves nobody: it is a promise that no rule reads." in english
    assert "It moves nobody: it only judges loans afterwards and binds no grade." in english


def test_a_number_that_moves_only_villages_says_so(tried: Tried) -> None:
    found = tried(("areas.yaml", "graded_at_least: 0.70", "graded_at_least: 0.99"))
    (part,) = found["attribution"]["parts"]
    assert moved(found["movement"]["kinds"]) == 0
    assert part["areas_moved_alone"] > 0
    assert not part["moves_nobody"]
    assert len(found["areas"]["villages_lost"]) > 0
    assert "lose their name as a credit area" in found["in_words"]["en"][-1]


def test_the_change_of_2021_is_told_in_words_an_officer_can_read(served: Served) -> None:
    found = try_county(served.parts, NEXT, ON)
    english, chinese = ("\n".join(found["in_words"][it]) for it in ("en", "zh"))
    closed = next(it for it in found["products"] if it["id"] == "subsidised_household_loan")["closes"]
    assert closed > 0
    assert f"{closed:,} households can no longer take the 'subsidised small poverty-relief loan'" in english
    assert "yearly rate: from 4.35% to 3.85%" in english
    assert "subsidy share: from 100% to 50%" in english
    assert f"{closed:,}户不能再申请“扶贫小额信贷”" in chinese
    assert "年利率,由4.35%改为3.85%" in chinese
    assert "合成数据" in chinese
    assert "Synthetic data" in english
    assert not any(name in english + chinese for name in ("subsidised_household_loan", "grade_credit", "0.0435"))
    assert not any(one in english + chinese for one in served.ids())


def test_a_trial_sees_only_what_was_known_by_the_end_of_its_day(served: Served, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", AA_CUT)
    with pytest.raises(NobodyKnown, match="--known-now"):
        try_county(served.parts, draft, ON.replace(day=2))
    assert served.clock.moment == NOW


def test_without_a_promoted_model_the_trial_says_so(tried: Tried) -> None:
    found: dict[str, Any] = tried(AA_CUT)
    assert found["challenger"]["available"] is False
    assert "no model advises" in found["challenger"]["why"]


def test_the_cases_of_the_policy_in_force_are_run_against_the_draft(served: Served, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", ("grades.yaml", "id: AAA, at_least: 120", "id: AAA, at_least: 121"), base=NEXT)
    found = try_county(served.parts, draft, ON.replace(year=2021))["cases"]
    assert found["cases"] >= 10
    (moved_case,) = found["moved"]
    assert moved_case["name"] == "120 points are enough for grade AAA"
    assert (moved_case["before"]["grade"], moved_case["after"]["grade"]) == ("AAA", "AA")
    assert found["banks_whose_golden_cases_move"] == []
