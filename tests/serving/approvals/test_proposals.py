"""What needs two people: nothing happens before the second one confirms, and what was proposed is what is done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters import promotions
from feature_store.adapters.store import AtWork
from feature_store.feature_set import load_feature_set
from scoring.policy.load import ROOT, load_index
from serving.alarms import suspend
from serving.approvals import proposals
from serving.approvals.proposals import OF_MODELS, OF_POLICIES, ProposalRefused, UnknownProposal
from serving.challenger.standing import Challengers
from serving.ledger.verify import verify
from serving.wiring import Parts
from tests.fakes import models
from tests.fakes.registry import FakeRegistry
from tests.serving.console.workshop import make_draft
from tests.serving.served import NOW, Served

SET = load_feature_set()
WHY = "the gate of 2017Q1 passed it"


@pytest.fixture(scope="module")
def moved(make_county: Callable[[], Served]) -> Served:
    """A county of the module's own."""
    return make_county()


@pytest.fixture
def parts(moved: Served, tmp_path: Path) -> Parts:
    """The county with nothing promoted, two versions that passed, and a folder of policies of its own."""
    with moved.parts.store.engine.begin() as connection:
        # The only way past the triggers that keep history; a superuser's, and for tests alone.
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text("TRUNCATE promotions, suspensions, proposals, proposal_ends"))
    shutil.copytree(ROOT / "lushi", tmp_path / "lushi")
    make_draft(tmp_path / "lushi", "2027-01-01")
    moved.clock.moment = NOW
    found = replace(moved.parts, settings=replace(moved.parts.settings, policies=tmp_path / "lushi"))
    registry = FakeRegistry()
    registry.add(models.artefact(SET, seed=1))
    registry.add(models.artefact(SET, seed=2))
    found.__dict__.update(
        {"store": moved.parts.store, "challengers": Challengers(registry, load_feature_set, timeout_ms=60_000)}
    )
    return found


def _entries(parts: Parts, since: int) -> list[tuple[str, dict[str, Any]]]:
    with parts.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind, content FROM log_entries JOIN log_contents USING (index) WHERE index >= %(at)s ORDER BY index",
            {"at": since},
        )
        return [(row.kind, json.loads(bytes(row.content))) for row in rows]


def _standing(parts: Parts) -> str | None:
    with parts.store.engine.connect() as connection:
        found = promotions.standing(connection)
    return found.version if found else None


def _promoted(parts: Parts, version: str) -> None:
    made = proposals.propose(parts, "promote", version, by="wang", why=WHY)
    proposals.confirm(parts, made.number, by="li", kinds=OF_MODELS)


def test_nothing_happens_before_a_second_person_confirms_and_each_step_is_in_the_log(parts: Parts) -> None:
    made = proposals.propose(parts, "promote", "1", by="wang", why=WHY)
    assert _standing(parts) is None
    done = proposals.confirm(parts, made.number, by="li", kinds=OF_MODELS)
    assert (_standing(parts), done.outcome, done.ended_by) == ("1", "confirmed", "li")
    entries = _entries(parts, made.number)
    assert [kind for kind, _ in entries] == ["proposal", "promotion", "proposal_ended"]
    assert {"act": "promote", "subject": "1", "by": "wang", "why": WHY}.items() <= entries[0][1].items()
    assert (entries[1][1]["by"], entries[1][1]["second"]) == ("wang", "li")
    assert entries[2][1]["proposal"] == made.number
    with parts.store.engine.connect() as connection:
        assert verify(connection, parts.signer).faults == []


@pytest.mark.parametrize("second", ["wang", "WANG", " wang. "])
def test_nobody_confirms_what_they_proposed(parts: Parts, second: str) -> None:
    made = proposals.propose(parts, "promote", "1", by="wang", why=WHY)
    with pytest.raises(ProposalRefused) as refused:
        proposals.confirm(parts, made.number, by=second, kinds=OF_MODELS)
    assert refused.value.causes == ("same_person",)
    assert _standing(parts) is None
    assert [it.number for it in proposals.newest(parts, OF_MODELS, most=9, open_only=True)] == [made.number]


def test_what_has_ended_stays_ended(parts: Parts) -> None:
    made = proposals.propose(parts, "promote", "1", by="wang", why=WHY)
    assert proposals.close(parts, made.number, by="li", kinds=OF_MODELS).outcome == "declined"
    for again in (proposals.confirm, proposals.close):
        with pytest.raises(ProposalRefused) as refused:
            again(parts, made.number, by="li", kinds=OF_MODELS)
        assert refused.value.causes == ("ended",)
    other = proposals.propose(parts, "promote", "1", by="wang", why=WHY)
    assert proposals.close(parts, other.number, by="wang", kinds=OF_MODELS).outcome == "withdrawn"
    assert [it.outcome for it in proposals.newest(parts, OF_MODELS, most=9)] == ["withdrawn", "declined"]
    assert _standing(parts) is None


def test_the_same_version_with_another_model_is_not_what_was_proposed(parts: Parts) -> None:
    made = proposals.propose(parts, "promote", "1", by="wang", why=WHY)
    registry = parts.challengers.registry
    assert isinstance(registry, FakeRegistry)
    version, artefact = registry.kept["1"]
    registry.kept["1"] = replace(version, model_sha256="0" * 64), artefact
    with pytest.raises(ProposalRefused) as refused:
        proposals.confirm(parts, made.number, by="li", kinds=OF_MODELS)
    assert refused.value.causes == ("changed",)


def test_the_acts_own_checks_are_made_at_the_confirmation(parts: Parts) -> None:
    made = proposals.propose(parts, "suspend", "", by="wang", why=WHY)
    with pytest.raises(ProposalRefused) as refused:
        proposals.confirm(parts, made.number, by="li", kinds=OF_MODELS)
    assert refused.value.causes == ("refused",)
    assert refused.value.said == ("no model advises, so there is nothing to suspend",)
    _promoted(parts, "1")
    proposals.confirm(parts, made.number, by="li", kinds=OF_MODELS)
    assert suspend.standing(parts) is not None
    made = proposals.propose(parts, "resume", "", by="li", why=WHY)
    proposals.confirm(parts, made.number, by="wang", kinds=OF_MODELS)
    assert suspend.standing(parts) is None


def test_going_back_means_the_version_that_stood_before_when_it_was_proposed(parts: Parts) -> None:
    with pytest.raises(ProposalRefused) as refused:
        proposals.propose(parts, "rollback", "", by="wang", why=" ")
    assert refused.value.causes == ("cause", "nothing_before")
    _promoted(parts, "1")
    _promoted(parts, "2")
    made = proposals.propose(parts, "rollback", "", by="wang", why=WHY)
    assert made.subject == "1"
    proposals.confirm(parts, made.number, by="li", kinds=OF_MODELS)
    assert _standing(parts) == "1"


@pytest.mark.parametrize("why", ["", "  ", "two\nlines", "x" * 501])
def test_a_cause_is_needed_in_one_line(parts: Parts, why: str) -> None:
    with pytest.raises(ProposalRefused) as refused:
        proposals.propose(parts, "promote", "9", by="wang", why=why)
    assert refused.value.causes == ("cause", "unknown")


def test_two_that_confirm_at_once_promote_once(parts: Parts) -> None:
    made = proposals.propose(parts, "promote", "1", by="wang", why=WHY)

    def attempt(who: int) -> bool:
        try:
            proposals.confirm(parts, made.number, by=f"second-{who}", kinds=OF_MODELS)
        except (ProposalRefused, AtWork):
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(attempt, range(4))) == 1
    with parts.store.engine.connect() as connection:
        assert len(promotions.history(connection)) == 1


def test_a_policy_is_approved_as_it_was_proposed_or_not_at_all(parts: Parts) -> None:
    folder = parts.settings.policies / "2027-01-01"
    made = proposals.propose(parts, "approve_policy", folder.name, by="wang", why="county order 12")
    about = folder / "about.yaml"
    about.write_text(about.read_text(encoding="utf-8") + "# a last thought\n", encoding="utf-8")
    with pytest.raises(ProposalRefused) as refused:
        proposals.confirm(parts, made.number, by="li", kinds=OF_POLICIES)
    assert refused.value.causes == ("changed",)
    proposals.close(parts, made.number, by="li", kinds=OF_POLICIES)
    made = proposals.propose(parts, "approve_policy", folder.name, by="wang", why="county order 12")
    proposals.confirm(parts, made.number, by="li", kinds=OF_POLICIES)
    last = load_index(parts.settings.policies).approvals[-1]
    assert (last.folder, last.sha256, last.approved_by, last.second) == (folder.name, made.sha256, "wang", "li")


@pytest.mark.parametrize("name", ["", "..", "../lushi", "nowhere", "/etc"])
def test_only_a_folder_beside_the_approved_ones_can_be_proposed(parts: Parts, name: str) -> None:
    with pytest.raises(ProposalRefused) as refused:
        proposals.propose(parts, "approve_policy", name, by="wang", why=WHY)
    assert refused.value.causes == ("unknown",)


def test_who_confirms_models_confirms_no_policy(parts: Parts) -> None:
    made = proposals.propose(parts, "approve_policy", "2027-01-01", by="wang", why=WHY)
    for act in (proposals.confirm, proposals.close):
        with pytest.raises(UnknownProposal):
            act(parts, made.number, by="li", kinds=OF_MODELS)
    with pytest.raises(UnknownProposal):
        proposals.confirm(parts, 10**9, by="li", kinds=OF_POLICIES)


@pytest.mark.parametrize("table", ["proposals", "proposal_ends", "policy_trials"])
def test_what_was_recorded_is_not_changed(parts: Parts, table: str) -> None:
    with parts.store.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=table):
        connection.execute(sa.text(f"DELETE FROM {table}"))
