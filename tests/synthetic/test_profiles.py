"""Every indicator is drawn, as its profile says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feature_store.synthetic import profiles
from feature_store.synthetic.consistency import compile_rules
from feature_store.synthetic.profiles import ProfileMissing, profiles_for, table
from feature_store.synthetic.settings import Rule, settings
from feature_store.synthetic.traits import TRAITS, explained


def test_every_indicator_of_both_policies_has_a_profile_and_no_profile_is_left_over(policy_2017, policy_2021):
    for policy in (policy_2017, policy_2021):
        assert [profile.indicator for profile in profiles_for(policy.indicators)] == list(policy.indicators)
    assert set(table()) == {item.id for item in policy_2017.indicators}


def test_codes_stay_inside_the_indicators_range_even_for_extreme_households(policy_2017):
    z = np.array([-9, -4, -1, 0, 1, 4, 9], dtype=np.float32)
    for profile in profiles_for(policy_2017.indicators):
        if profile.way != "status":
            codes = profile.code_of(z)
            assert ((codes >= profile.indicator.low) & (codes <= profile.indicator.high)).all(), profile.indicator.id


def test_loads_name_known_traits(policy_2017):
    for profile in profiles_for(policy_2017.indicators):
        assert set(profile.loads) <= {*TRAITS, "poor"}, profile.indicator.id


def test_loads_leave_room_for_noise(policy_2017):
    for profile in profiles_for(policy_2017.indicators):
        weights = {trait: weight for trait, weight in profile.loads.items() if trait in TRAITS}
        assert explained(weights, shared=settings().traits.shared) < 0.8, profile.indicator.id


def test_the_drawn_shares_are_the_tables_shares(policy_2017):
    z = np.random.default_rng(1).standard_normal(200_000, dtype=np.float32)
    for profile in profiles_for(policy_2017.indicators):
        shares = table()[profile.indicator.id].get("shares", {})
        codes = profile.code_of(z)
        for code, share in zip(profile.codes, shares.values(), strict=False):
            assert abs((codes == code).mean() - share) < 0.005, profile.indicator.id


def test_an_indicator_without_a_profile_is_refused_by_name(policy_2017):
    odd = replace(policy_2017.indicators[0], id="beekeeping_days")
    with pytest.raises(ProfileMissing, match="beekeeping_days"):
        profiles_for([odd])


def test_a_rule_about_an_unknown_indicator_or_value_is_refused(policy_2017):
    with pytest.raises(ValueError, match="beekeeping"):
        compile_rules([Rule({"beekeeping": "yes"}, {})], policy_2017.indicators)
    with pytest.raises(ValueError, match="usury_loans"):
        compile_rules([Rule({}, {"usury_loans": "perhaps"})], policy_2017.indicators)


def test_settings_cover_every_source_whose_complete_list_says_nothing(policy_2017):
    assert set(settings().sources) == {source.id for source in policy_2017.sources if not source.clear}


@pytest.mark.parametrize("name", profiles.TABLES)
def test_a_profile_table_stays_readable(name):
    assert len(Path(profiles.__file__).with_name(name).read_text(encoding="utf-8").splitlines()) <= 200
