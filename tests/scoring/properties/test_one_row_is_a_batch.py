"""One household, a county of columns, and a file saved and reloaded give one and the same outcome."""

from __future__ import annotations

import json
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assess import Assessment, assess
from scoring.batch import STATUSES, assess_columns
from scoring.canonical import canonical
from scoring.credit_file import CreditFile, Reported
from scoring.policy.compiled import compiled
from scoring.policy.in_force import Policies
from scoring.policy.schema import Policy
from tests.scoring.columns import columns_of
from tests.scoring.small_cards import ON, cards, files


def hold_equal(policy: Policy, drawn: list[CreditFile], on: date) -> None:
    """Every output of the county path equals the one-household path, row by row."""
    table = compiled(policy)
    columns = assess_columns(table, *columns_of(policy, drawn), on=on)
    grades = [grade.id for grade in policy.grades]
    for row, file in enumerate(drawn):
        one = assess(file, policy, on=on)
        settled = one.settled
        assert STATUSES[columns.status[row]] == settled.status
        assert int(columns.grade[row]) == (grades.index(settled.grade.id) if settled.grade else -1)
        without = settled.without_vetoes
        assert int(columns.without_vetoes[row]) == (grades.index(without.id) if without else -1)
        assert int(columns.score[row]) == one.points.score
        assert tuple(columns.by_heading[:, row].tolist()) == one.points.by_heading
        assert columns.fired[:, row].tolist() == [veto.state == "fired" for veto in one.vetoes]
        assert int(columns.known[row]) == settled.known


def saved_and_reloaded(file: CreditFile) -> CreditFile:
    """The file after a journey through canonical JSON."""
    written = canonical(
        {
            "codes": dict(file.codes),
            "sources": {
                name: [one.observed_on.toordinal(), one.valid_until.toordinal() if one.valid_until else None]
                for name, one in file.sources.items()
            },
        }
    )
    read = json.loads(written)
    sources = {
        name: Reported(date.fromordinal(seen), date.fromordinal(until) if until else None)
        for name, (seen, until) in read["sources"].items()
    }
    return CreditFile(file.household_id, file.village_code, read["codes"], sources)


def outputs(one: Assessment) -> tuple[object, ...]:
    """What was decided, without the file that it was decided on."""
    return one.codes, one.points, one.vetoes, one.settled, one.reasons, one.terms


@given(st.data())
@settings(max_examples=150)
def test_a_batch_decides_each_household_as_if_alone_under_small_policies(data: st.DataObject) -> None:
    policy = data.draw(cards())
    hold_equal(policy, data.draw(st.lists(files(policy), min_size=1, max_size=5)), ON)


@given(data=st.data())
@settings(max_examples=40)
def test_a_batch_decides_each_household_as_if_alone_under_the_lushi_policies(
    lushi: Policies, data: st.DataObject
) -> None:
    policy = data.draw(st.sampled_from(lushi.policies))
    on = policy.effective_from + timedelta(days=data.draw(st.integers(0, 1200)))
    drawn = data.draw(st.lists(files(policy, on, unknown=30, stale=data.draw(st.booleans())), min_size=1, max_size=3))
    hold_equal(policy, drawn, on)


@given(data=st.data())
def test_a_file_saved_and_reloaded_is_decided_alike(lushi: Policies, data: st.DataObject) -> None:
    policy = data.draw(st.one_of(cards(), st.sampled_from(lushi.policies)))
    file = data.draw(files(policy, ON, unknown=10))
    assert outputs(assess(saved_and_reloaded(file), policy, on=ON)) == outputs(assess(file, policy, on=ON))
