"""The demonstration's draft: whole, beside copies of the approved policies, and tried on the county."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scoring.errors import LushiError
from scoring.policy.certify import certify
from scoring.policy.differ import differences
from scoring.policy.load import load, load_index, read_texts
from serving.approvals import trials
from serving.commands.demo_draft import BASE, BEGINS, try_draft, with_draft
from serving.settings import read_settings
from tests.serving.served import NOW, Served


def test_the_draft_is_whole_and_changes_what_it_says(tmp_path: Path) -> None:
    settings = with_draft(read_settings({}), tmp_path / "policies")
    assert len(load_index(settings.policies).approvals) == 2, "nobody has approved it"
    assert certify(load(settings.policies / BEGINS)).findings == ()
    found = differences(*(read_texts(settings.policies / it) for it in (BASE, BEGINS)))
    assert sorted(it.place[-1] for it in found) == ["at_least", "at_least", "effective_from", "id", "title"]
    with pytest.raises(LushiError, match="unset it"):
        with_draft(replace(settings, policies=tmp_path), tmp_path / "again")
    assert BASE in os.listdir(settings.policies)


def test_its_trial_is_kept(served: Served, tmp_path: Path) -> None:
    parts = replace(served.parts, settings=with_draft(served.parts.settings, tmp_path / "policies"))
    parts.__dict__.update({"store": served.parts.store, "challengers": served.parts.challengers})
    made = try_draft(parts, NOW.date())
    assert trials.newest(parts, most=1, folder=BEGINS) == [made.head]
    assert made.data["households"] == 300
