"""Which policy binds on a day: never a neighbouring one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from scoring.errors import PolicyNotInForce
from scoring.policy.in_force import Policies


def test_the_first_policy_binds_from_its_first_day(lushi: Policies) -> None:
    assert lushi.in_force(date(2017, 4, 1)).id == "lushi_2017_04_01"


def test_the_day_before_the_first_policy_has_none(lushi: Policies) -> None:
    with pytest.raises(PolicyNotInForce, match="no approved policy is in force on 2017-03-31") as none:
        lushi.in_force(date(2017, 3, 31))
    assert none.value.on == date(2017, 3, 31)
    assert "lushi_2017_04_01 from 2017-04-01 to 2021-02-28" in str(none.value)
    assert "Approve a policy for that date" in str(none.value)


def test_one_policy_hands_over_to_the_next_overnight(lushi: Policies) -> None:
    assert lushi.in_force(date(2021, 2, 28)).id == "lushi_2017_04_01"
    assert lushi.in_force(date(2021, 3, 1)).id == "lushi_2021_03_01"


def test_a_policy_without_an_end_binds_until_further_notice(lushi: Policies) -> None:
    assert lushi.in_force(date(2099, 1, 1)) == lushi.latest
    with pytest.raises(PolicyNotInForce, match="further notice"):
        lushi.in_force(date(2000, 1, 1))


def test_a_gap_between_two_policies_has_none(lushi: Policies) -> None:
    first, second = lushi.policies
    gapped = replace(lushi, policies=(replace(first, effective_to=date(2021, 1, 31)), second))
    assert gapped.in_force(date(2021, 1, 31)).id == first.id
    for day in (date(2021, 2, 1), date(2021, 2, 28)):
        with pytest.raises(PolicyNotInForce):
            gapped.in_force(day)
    assert gapped.in_force(date(2021, 3, 1)).id == second.id


def test_after_the_end_of_the_last_policy_there_is_none(lushi: Policies) -> None:
    first, second = lushi.policies
    ended = replace(lushi, policies=(first, replace(second, effective_to=date(2026, 12, 31))))
    assert ended.in_force(date(2026, 12, 31)).id == second.id
    with pytest.raises(PolicyNotInForce):
        ended.in_force(date(2027, 1, 1))


def test_a_policy_is_found_by_its_hash_for_replay(lushi: Policies) -> None:
    assert [lushi.by_sha256(policy.sha256) for policy in lushi.policies] == list(lushi.policies)
    assert lushi.by_sha256("0" * 64) is None


def test_two_policies_are_equal_when_their_hashes_are(lushi: Policies) -> None:
    first, second = lushi.policies
    assert first != second
    assert replace(first, id="other") == first
    assert hash(replace(first, id="other")) == hash(first)
    assert first != "lushi_2017_04_01"
