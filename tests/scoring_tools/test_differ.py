"""Differences between policies are said in words, by id, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scoring.errors import PolicyFaults
from scoring.policy.differ import Change, differences

Texts = dict[str, str]
Replace = Callable[..., Texts]


def said(changes: list[Change]) -> list[str]:
    return [change.text.en for change in changes]


def test_the_two_lushi_policies_differ_in_rate_subsidy_and_eligibility(texts_2017: Texts, texts_2021: Texts) -> None:
    changes = differences(texts_2017, texts_2021)
    english, chinese = "\n".join(said(changes)), "\n".join(change.text.zh for change in changes)
    assert "rate up to 12 months, yearly rate: 0.0435 → 0.0385" in english
    assert "subsidy share: 1.00 → 0.50" in english
    assert "eligibility: Poverty registration: registered poor → " in english
    assert "lifted out of poverty or at risk of poverty" in english
    assert "effective from: 2017-04-01 → 2021-03-01" in english
    assert "title: Lushi rules" in english
    assert "12 个月以内利率,年利率:0.0435 → 0.0385" in chinese
    assert "贴息比例:1.00 → 0.50" in chinese
    assert "适用对象:建档立卡状态 建档立卡 → 建档立卡状态 已脱贫、边缘易致贫" in chinese
    assert {change.file for change in changes} == {"about.yaml", "terms.yaml"}


def test_changes_come_file_by_file(texts_2017: Texts, texts_2021: Texts) -> None:
    files = [change.file for change in differences(texts_2017, texts_2021)]
    assert files == sorted(files, key=files.index)


def test_a_policy_does_not_differ_from_itself_nor_from_another_layout(texts_2017: Texts, replace: Replace) -> None:
    layout = replace(
        texts_2017, "areas.yaml", ("0.30", "0.300"), ("few_loans: {below: 10,", "few_loans: {below:   10,")
    )
    assert differences(texts_2017, texts_2017) == []
    assert differences(texts_2017, layout) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "english"),
    [
        ("scorecard.yaml", "points: 100", "points: 99", "base, points: 100 → 99"),
        ("scorecard.yaml", "most_added: 3, most_deducted: 15", "most_added: 4, most_deducted: 15", "caps of law_abiding (Law-abiding), most added: 3 → 4"),
        ("scorecard.yaml", "{at_least: 2, points: -6}", "{at_least: 2, points: -7}", "item public_order_penalties (Public-order penalties in 24 months), band >= 2, points: -6 → -7"),
        ("scorecard.yaml", "{at_least: 2, points: -6}", "{at_least: 3, points: -6}", "band >= 2, lower end: 2 → 3"),
        ("scorecard.yaml", "      - {at_least: 2, points: -6}\n", "", "removed: item public_order_penalties (Public-order penalties in 24 months), band >= 2, points -6"),
        ("scorecard.yaml", "{no: 0, yes: 2}", "{no: 0, yes: 3}", "item law_award (Award for courage or rule of law), points, yes: 2 → 3"),
        ("scorecard.yaml", "if_missing: ask", "if_missing: withhold", "if missing: ask → withhold"),
        ("scorecard.yaml", "improve: never", "improve: {effort: 1, wait_days: 2}", "improvement: never → effort 1 and wait in days 2"),
        ("vetoes.yaml", "observation_months: 60", "observation_months: 48", "veto criminal_penalty (Criminal penalty of the borrower), observation months: 60 → 48"),
        ("vetoes.yaml", "when: {is: confirmed}", "when: {in: [confirmed, dismissed]}", "veto idleness_hearing (Outcome of the idleness hearing), condition: confirmed → confirmed or dismissed"),
        ("grades.yaml", "at_least: 90", "at_least: 91", "grade A, lower end: 90 → 91"),
        ("grades.yaml", "known_percent: 90", "known_percent: 85", "completeness, known percent: 90 → 85"),
        ("areas.yaml", "bad_ratio_over: 0.05", "bad_ratio_over: 0.03", "village stop, bad ratio over: 0.05 → 0.03"),
        ("areas.yaml", "sign_off: true", "sign_off: false", "release, sign-off: true → false"),
        ("terms.yaml", "at_most: 65", "at_most: 60", "condition on borrower_age (Age of the borrower), condition: at least 18 and at most 65 → at least 18 and at most 60"),
        ("terms.yaml", "    cap_cny: 50000\n", "", "cap in yuan: 50000 → not stated"),
        ("terms.yaml", "value: 4,", "value: 5,", "promise household_processing (household loan processing), value: 4 → 5"),
        ("reasons.yaml", "en: The project is not lawful", "en: The project is unlawful", "reason project_unlawful, English: The project is not lawful → The project is unlawful"),
        ("indicators.yaml", "id: straw_burning", "id: straw_fires", "removed: indicator straw_burning (Straw-burning violations)"),
        ("indicators.yaml", "unmet, partly, met", "met, partly, unmet", "categories: unmet, partly, met → met, partly, unmet"),
        ("indicators.yaml", "refresh: quarter", "refresh: year", "refresh cycle: quarter → year"),
    ],
)  # fmt: skip
def test_one_change_by_hand_is_one_sentence(
    texts_2017: Texts, replace: Replace, file: str, old: str, new: str, english: str
) -> None:
    changes = differences(texts_2017, replace(texts_2017, file, (old, new)))
    assert any(english in sentence for sentence in said(changes)), said(changes)
    assert all(change.file == file for change in changes)
    assert len(changes) == (2 if "straw" in new else 1)
    assert all(change.text.zh.strip() and "{" not in change.text.zh for change in changes)


def test_rows_are_matched_by_id_and_a_new_order_is_said_once(texts_2017: Texts, replace: Replace) -> None:
    first = "  - {id: planting, label: {zh: 种植, en: planting}}\n"
    second = "  - {id: livestock, label: {zh: 养殖, en: livestock}}\n"
    swapped = replace(texts_2017, "terms.yaml", (first + second, second + first))
    assert said(differences(texts_2017, swapped)) == ["allowed purpose: the order changed"]


def test_an_indicator_under_another_heading_keeps_its_identity(texts_2017: Texts, replace: Replace) -> None:
    heading = "  - id: family_harmony\n    label: {zh: 家庭和睦好, en: Family harmony}\n    indicators:\n"
    text = texts_2017["indicators.yaml"]
    last = text[text.index("      - id: joint_defence") : text.index(heading)]
    moved = replace(texts_2017, "indicators.yaml", (last + heading, heading + last))
    assert said(differences(texts_2017, moved)) == [
        "indicator joint_defence (Takes part in village watch or mediation), heading: law_abiding → family_harmony"
    ]


def test_added_rows_say_what_they_hold(texts_2017: Texts, replace: Replace) -> None:
    more = replace(
        texts_2017,
        "scorecard.yaml",
        ("{at_least: 2, points: -6}", "{at_least: 2, points: -6}\n      - {at_least: 9, points: -8}"),
    )
    (change,) = differences(texts_2017, more)
    assert (change.kind, change.text.zh) == (
        "added",
        "新增计分项 public_order_penalties(治安处罚次数(近24个月)),分档 >= 9,分值 -8",
    )


def test_broken_yaml_is_refused(texts_2017: Texts) -> None:
    with pytest.raises(PolicyFaults, match=r"areas\.yaml:\d+"):
        differences(texts_2017, {**texts_2017, "areas.yaml": "a: ["})


def test_plain_words_name_no_id_and_write_shares_as_percentages(
    texts_2017: Texts, texts_2021: Texts, replace: Replace
) -> None:
    plain = "\n".join(change.plain.en for change in differences(texts_2017, texts_2021))
    assert "rate up to 12 months, yearly rate: from 4.35% to 3.85%" in plain
    assert "grade_credit" not in plain
    asked = replace(texts_2017, "grades.yaml", ("at_least: 105", "at_least: 107"))
    (change,) = differences(texts_2017, asked)
    assert (change.plain.en, change.plain.zh) == ("grade AA, begins at: from 105 to 107", "等级 AA,起点,由105改为107")
    assert (change.old, change.new, change.place) == ("105", "107", ("grades", "grade AA", "at_least"))
