"""Attribution held against definitions written down a second time."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from feature_store.adapters.store import county
from scoring.assess import assess
from scoring.policy.differ import Comparison, differences
from scoring.policy.load import load, policy_from, policy_of, read_texts
from serving.trying import attribution
from serving.trying.attribution import Trial, attribute
from serving.trying.checks import TrialUnsound, check
from serving.trying.movement import Ranks, movement
from serving.trying.outcomes import Book, judge
from serving.trying.seen import NoStops, Seen
from serving.trying.steps import Between
from tests.serving.served import Served
from tests.serving.trying.conftest import ON
from tests.serving.trying.drafts import IN_FORCE, SINGLE, draft_of

THREE = [SINGLE["base points"], SINGLE["cut of AA"], SINGLE["limit of A"]]


@pytest.fixture
def seen(served: Served) -> Seen:
    policy = load(IN_FORCE)
    with served.parts.store.looking(served.clock.moment) as moment:
        found = county(moment.connection, on=ON, known_at=moment.known_at, policy=policy)
    return Seen(
        ON, policy, found.household_ids, found.household_no, found.villages,
        found.codes, found.observed, found.valid_until, NoStops(),
    )  # fmt: skip


def trial_of(seen: Seen, draft: Path) -> Trial:
    texts, book = read_texts(draft), Book()
    after_policy = policy_of(texts)
    ranks = Ranks(seen.policy, after_policy)
    before, after = judge(seen, seen.policy, book), judge(seen, after_policy, book)
    between = Between(seen.policy, read_texts(IN_FORCE), texts)
    return Trial(seen, between, book, ranks, before, after, movement(before, after, book, ranks))


def test_columns_give_each_household_what_its_own_assessment_gives(served: Served, seen: Seen) -> None:
    book = Book()
    judged = judge(seen, seen.policy, book)
    with served.parts.store.looking(served.clock.moment) as moment:
        for row, household_id in enumerate(seen.household_ids):
            file = moment.credit_file(str(household_id), on=ON, policy=seen.policy)
            assert file is not None
            one, ours = assess(file, seen.policy, on=ON), book.outcomes[judged.outcome[row]]
            assert ours.status == one.settled.status
            assert ours.grade == (one.settled.grade.id if one.settled.grade else "")
            if one.settled.grade:
                assert set(ours.blocks) == set(one.terms.blocks)
                lent = () if one.terms.blocks else one.terms.offers
                assert [(it.product, it.limit_cny) for it in ours.offers] == [
                    (it.product.id, it.limit_cny) for it in lent
                ]


def test_exact_shares_are_the_mean_over_all_orders(seen: Seen, tmp_path: Path) -> None:
    trial = trial_of(seen, draft_of(tmp_path / "draft", *THREE))
    found = attribute(trial)
    assert found.method == "exact"
    outcomes = {}
    for chosen in range(8):
        steps = frozenset(n for n in range(3) if chosen >> n & 1)
        policy = trial.between.policy(steps)
        assert policy is not None
        outcomes[steps] = judge(seen, policy, trial.book).outcome
    start, fen = outcomes[frozenset()], trial.book.fen()
    expected = [[Fraction(0), Fraction(0)] for _ in range(3)]
    movers = found.movers
    for order in permutations(range(3)):
        for place, step in enumerate(order):
            was, now = outcomes[frozenset(order[:place])], outcomes[frozenset(order[: place + 1])]
            gained = (now != start)[movers].sum() - int((was != start)[movers].sum())
            expected[step][0] += Fraction(int(gained), 6)
            expected[step][1] += Fraction(int((fen[now] - fen[was])[movers].sum()), 6)
    ours = [[Fraction(it.moved, found.denominator), Fraction(it.fen, found.denominator)] for it in found.parts]
    assert ours == expected
    assert check(trial, found).sums_equal


def test_more_than_eight_changes_are_taken_in_the_order_of_the_files(seen: Seen, tmp_path: Path) -> None:
    trial = trial_of(seen, draft_of(tmp_path / "draft", *SINGLE.values()))
    found = attribute(trial)
    assert found.method == "in_order"
    assert sum(it.moved for it in found.parts) == int(trial.found.moved.sum())
    assert check(trial, found).all_steps_give_the_draft
    files = [trial.between.steps[it.steps[0]].file for it in found.parts]
    assert files == sorted(files, key=["scorecard.yaml", "grades.yaml", "terms.yaml"].index)


def test_changes_that_are_a_policy_only_together_are_one_part(seen: Seen, tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path / "draft",
        ("grades.yaml", "id: A, at_least: 90", "id: A, at_least: 106"),
        ("grades.yaml", "id: AA, at_least: 105", "id: AA, at_least: 112"),
    )
    trial = trial_of(seen, draft)
    found = attribute(trial)
    assert found.method == "in_order"
    assert [it.steps for it in found.parts] == [(0, 1)]
    assert check(trial, found).sums_equal


def test_an_added_indicator_with_its_points_is_one_step(seen: Seen, tmp_path: Path) -> None:
    row = "      - {id: tea_garden_mu, label: {zh: 茶园面积, en: Tea garden}, type: count, unit: mu, range: {from: 0, to: 99}, from: village, refresh: year, sensitivity: plain, model_risk: not_used, source: project §5, assumed: true}\n"
    item = "  - {indicator: tea_garden_mu, bands: [{at_least: 0, points: 0}, {at_least: 5, points: 1}], if_missing: 0, if_stale: 0, reason: farmland_mu, improve: never, source: project §5, assumed: true}\n"
    draft = draft_of(tmp_path / "draft")
    for file, text in (("indicators.yaml", row), ("scorecard.yaml", item)):
        path = draft / file
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + text, encoding="utf-8")
    trial = trial_of(seen, draft)
    (step,) = trial.between.steps
    assert len(step.changes) == 2
    assert not step.number
    assert check(trial, attribute(trial)).all_steps_give_the_draft


def test_the_walk_makes_every_policy_between(tmp_path: Path) -> None:
    before = read_texts(IN_FORCE)
    after = read_texts(draft_of(tmp_path / "draft", *SINGLE.values()))
    comparison = Comparison(before, after)
    assert len(comparison.changes) == len(SINGLE)
    full = policy_from(comparison.merged(range(len(SINGLE))), "full")
    draft = policy_of(after)
    assert (full.items, full.grades, full.terms, full.base_points) == (
        draft.items,
        draft.grades,
        draft.terms,
        draft.base_points,
    )
    none = policy_from(comparison.merged(()), "none")
    start = policy_of(before)
    assert (none.indicators, none.items, none.vetoes, none.grades) == (
        start.indicators,
        start.items,
        start.vetoes,
        start.grades,
    )
    assert differences(before, before) == []


def test_a_trial_that_misses_a_change_is_not_shown(seen: Seen, tmp_path: Path) -> None:
    trial = trial_of(seen, draft_of(tmp_path / "draft", *THREE))
    found = attribute(trial)
    short = attribution.Attribution(found.method, found.denominator, found.movers, found.parts[:-1])
    with pytest.raises(TrialUnsound, match="not attributed in full"):
        check(trial, short)
    lost = Trial(seen, Between(seen.policy, read_texts(IN_FORCE), read_texts(IN_FORCE)), trial.book, trial.ranks,
                 trial.before, trial.after, trial.found)  # fmt: skip
    with pytest.raises(TrialUnsound, match="do not give the draft"):
        check(lost, found)
    assert np.array_equal(np.flatnonzero(trial.found.moved), found.movers)
