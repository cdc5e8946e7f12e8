"""A decision replayed with something changed: which change moves the outcome, and what cannot be repeated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from feature_store.filing import CIVIL_TIME
from scoring.policy.in_force import Policies
from serving.access.roles import Role
from serving.api import replay_routes
from serving.county.area_states import AreaStates
from serving.replay.three_way import UnknownPolicy, policy_of, replay_otherwise
from serving.replay.words import CANNOT, REASONS, VERDICTS, Kind, Verdict
from tests.serving.replaying import found_of, replayed
from tests.serving.served import Served, ask, import_round


@pytest.fixture(scope="module")
def own(make_county: Any, county_folder: Path) -> Served:
    """A county with decisions of 2017 on everybody, and a second round of filings since."""
    served = make_county()
    for household_id in served.ids()[:60]:
        assert served.client.post("/v1/decisions", json=ask(household_id)).status_code == 201
    last = sorted(it for it in county_folder.iterdir() if it.name[0].isdigit())[-1]
    import_round(served.parts, last, served.clock)
    served.clock.moment = datetime.combine(served.clock.moment.date(), time(20), CIVIL_TIME)
    return served


def _decided(own: Served) -> list[str]:
    with own.parts.store.engine.connect() as connection:
        return [str(it) for it in connection.exec_driver_sql("SELECT decision_id FROM decisions ORDER BY 1").scalars()]


def _moved(found: dict[str, Any]) -> bool:
    """Whether recorded and again differ anywhere, read from the answer itself."""
    pairs = [it for name, it in found["outcome"].items() if isinstance(it, dict) and name != "on"]
    return any(it["recorded"] != it["again"] for it in pairs) or bool(found["outcome"]["points_changed"])


def test_with_nothing_changed_it_is_the_same_and_nothing_is_recorded(own: Served) -> None:
    def entries() -> int:
        with own.parts.store.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM log_entries").scalar_one())

    before = entries()
    for decision_id in _decided(own)[:10]:
        found = found_of(own, decision_id)
        assert (found["verdict"], found["causes"], found["why"], found["recorded"]) == ("same", [], [], False)
        assert not _moved(found)
    assert entries() == before


def test_each_verdict_says_what_its_own_figures_show(own: Served) -> None:
    seen = set()
    for decision_id in _decided(own):
        recorded = own.client.get(f"/v1/decisions/{decision_id}").json()["binding"]
        for changes in ({"policy": "2021-03-01"}, {"data": "now"}, {"policy": "2021-03-01", "data": "now"}):
            found = found_of(own, decision_id, **changes)
            seen.add(found["verdict"])
            assert found["outcome"]["grade"]["recorded"] == recorded["grade"]
            assert found["outcome"]["score"]["recorded"] == recorded["score"]
            assert _moved(found) == (found["verdict"] != "same")
            if len(changes) == 1 and _moved(found):
                assert found["causes"] == [found["verdict"]]
                assert found["verdict"] == ("changed_by_policy" if "policy" in changes else "changed_by_data")
    assert {"same", "changed_by_data", "changed_by_policy"} <= seen


def test_the_causes_of_several_changes_are_those_that_move_it_alone(own: Served) -> None:
    seen = set()
    for decision_id in _decided(own):
        alone = {
            f"changed_by_{name}"
            for name, value in (("policy", "2021-03-01"), ("data", "now"))
            if _moved(found_of(own, decision_id, **{name: value}))
        }
        both = found_of(own, decision_id, policy="2021-03-01", data="now")
        if _moved(both):
            assert set(both["causes"]) == alone
            assert both["verdict"] == (alone.copy().pop() if len(alone) == 1 else "changed_by_several")
            seen.add(both["verdict"])
    assert "changed_by_several" in seen


def test_todays_outcome_is_what_a_fresh_assessment_under_the_old_policy_gives(own: Served) -> None:
    """Held against the household's state, which another use case makes."""
    old = own.parts.policies.policies[0]
    parts = replace(own.parts, policies=replace(own.parts.policies, policies=(replace(old, effective_to=None),)))
    parts.__dict__["store"] = own.parts.store
    from serving.decisions.decide import state_of

    for decision_id in _decided(own)[:10]:
        again = found_of(own, decision_id, data="now")["outcome"]
        household_id = own.client.get(f"/v1/decisions/{decision_id}").json()["household_id"]
        state = state_of(household_id, parts, AreaStates()).assessment
        assert again["status"]["again"] == state.settled.status
        assert again["grade"]["again"] == (state.settled.grade.id if state.settled.grade else None)


def test_the_recorded_policy_named_again_changes_nothing(own: Served) -> None:
    found = found_of(own, _decided(own)[0], policy="2017-04-01")
    assert (found["verdict"], found["changed"]["policy"]) == ("same", None)
    by_hash = own.parts.policies.policies[1].sha256
    assert found_of(own, _decided(own)[0], policy=by_hash)["changed"]["policy"]["sha256"] == by_hash


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"policy": "2018-01-01"}, "body.policy"),
        ({"policy": "0" * 64}, "body.policy"),
        ({"policy": "../2017-04-01"}, "body.policy"),
        ({"model": "999"}, "body.model"),
        ({"model": "../1"}, "body.model"),
        ({"data": "then "}, "body.data"),
    ],
)
def test_what_is_not_known_is_422_and_names_the_field(own: Served, changes: dict[str, str], field: str) -> None:
    answer = replayed(own, _decided(own)[0], **changes)
    assert (answer.status_code, [it["where"] for it in answer.json()["errors"]]) == (422, [field])
    assert next(iter(changes.values())) not in answer.text


def test_another_banks_decision_is_not_there_and_an_auditor_replays_any(own: Served) -> None:
    decision_id = _decided(own)[0]
    foreign = own.key(tenant="bank-b")
    hidden, missing = replayed(own, decision_id, foreign), replayed(own, str(uuid4()), foreign)
    assert (hidden.status_code, hidden.json()) == (404, missing.json())
    # Nor does an unknown policy or model show that it is there.
    named = replayed(own, decision_id, foreign, policy="2018-01-01", model="999")
    assert (named.status_code, named.json()) == (404, missing.json())
    assert replayed(own, decision_id, own.key(Role.AUDITOR, "county"), policy="2021-03-01").status_code == 200


def test_erased_content_and_an_unapproved_policy_cannot_be_repeated(own: Served) -> None:
    decision_id = own.client.post("/v1/decisions", json=ask(own.ids()[61])).json()["decision_id"]
    older = replace(own.parts, policies=Policies((), ()))
    for name in ("store", "challengers"):
        older.__dict__[name] = getattr(own.parts, name)
    found = replay_otherwise(UUID(decision_id), older, AreaStates(), data="now")
    assert (found.verdict, [it.kind for it in found.why]) == (Verdict.CANNOT, [Kind.POLICY_NOT_APPROVED])
    with own.parts.store.engine.begin() as connection:
        erase = "DELETE FROM log_contents WHERE index = (SELECT entry_no FROM decisions WHERE decision_id = :id)"
        assert connection.execute(sa.text(erase), {"id": decision_id}).rowcount == 1
    answer = found_of(own, decision_id, policy="2021-03-01")
    assert (answer["verdict"], [it["id"] for it in answer["why"]]) == ("cannot", ["content_erased"])
    assert answer["outcome"] is None


def test_a_record_that_does_not_hold_is_compared_with_nothing(own: Served) -> None:
    decision_id = own.client.post("/v1/decisions", json=ask(own.ids()[62])).json()["decision_id"]
    with own.parts.store.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE log_contents DISABLE TRIGGER USER"))
        forge = "UPDATE log_contents SET salt = :salt WHERE index = (SELECT entry_no FROM decisions WHERE decision_id = :id)"
        connection.execute(sa.text(forge), {"salt": bytes(32), "id": decision_id})
        connection.execute(sa.text("ALTER TABLE log_contents ENABLE TRIGGER USER"))
    for changes in ({}, {"policy": "2021-03-01"}):
        found = found_of(own, decision_id, **changes)
        assert (found["verdict"], [it["id"] for it in found["why"]]) == ("differs", ["altered"])
        assert found["outcome"] is None


def test_an_approved_policy_is_named_by_its_day_or_hash_and_no_other(own: Served) -> None:
    policies = own.parts.policies
    assert policy_of(policies, "2021-03-01") is policies.policies[1]
    assert policy_of(policies, policies.policies[0].sha256) is policies.policies[0]
    with pytest.raises(UnknownPolicy, match="begin on 2017-04-01, 2021-03-01"):
        policy_of(policies, "2019-01-01")


def test_a_statement_that_takes_too_long_is_given_up(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_routes, "STATEMENT_MS", 200)
    decision_id = _decided(own)[0]
    with own.parts.store.engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE filings IN ACCESS EXCLUSIVE MODE")
        answer = replayed(own, decision_id)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:lushi:problem:store-unavailable")
    assert found_of(own, decision_id)["verdict"] == "same"


def test_many_replays_at_once_leave_decisions_their_threads(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    decision_id = served.client.post("/v1/decisions", json=ask(served.ids()[0])).json()["decision_id"]
    released, real = Event(), replay_routes.replay_otherwise
    begun: list[int] = []

    def slow(*words: Any, **named: Any) -> Any:
        begun.append(1)
        released.wait(60)
        return real(*words, **named)

    monkeypatch.setattr(replay_routes, "replay_otherwise", slow)
    monkeypatch.setattr(replay_routes, "PATIENCE_SECONDS", 0.2)
    with ThreadPoolExecutor(replay_routes.AT_ONCE) as first, ThreadPoolExecutor(12) as callers:
        held = [first.submit(replayed, served, decision_id) for _ in range(replay_routes.AT_ONCE)]
        while len(begun) < replay_routes.AT_ONCE:
            released.wait(0.01)
        refused = list(callers.map(lambda _: replayed(served, decision_id), range(12)))
        assert served.client.post("/v1/decisions", json=ask(served.ids()[0])).status_code == 201
        released.set()
        assert [it.result().status_code for it in held] == [200] * replay_routes.AT_ONCE
    assert {(it.status_code, it.json()["type"]) for it in refused} == {(503, "urn:lushi:problem:replays-busy")}
    assert {it.headers["Retry-After"] for it in refused} == {"5"}


def test_every_kind_and_verdict_is_worded_in_both_languages() -> None:
    assert set(REASONS) == set(Kind)
    assert set(VERDICTS) == set(Verdict)
    assert set(Kind) > CANNOT
    assert all(it.zh and it.en for it in [*REASONS.values(), *VERDICTS.values()])
