"""One look at a household: what stood yesterday and last quarter, and whose consents a caller is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

import pytest

from feature_store.filing import CIVIL_TIME
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.consents.scope import UnknownHousehold
from serving.consents.uses import Use
from serving.county.area_states import AreaStates
from serving.county.grade_county import Register, grade_county
from serving.decisions.at_a_glance import Glance, glance
from serving.decisions.decide import state_of
from tests.serving.served import NOW, Served, ask, consent_of

LATER = datetime.combine(date(2017, 7, 20), time(9), CIVIL_TIME)
CLERK, AUDITOR = Caller("wang", "bank-a", Role.CLERK), Caller("li", "county", Role.AUDITOR)


@pytest.fixture(scope="module")
def graded(make_county: Callable[[], Served]) -> Iterator[tuple[Served, Register]]:
    served = make_county()
    register = grade_county(served.parts, NOW.date())
    served.clock.moment = LATER
    yield served, register
    served.parts.close()


def _look(served: Served, household: str, caller: Caller = CLERK) -> Glance:
    return glance(household, served.parts, AreaStates(), caller=caller)


def test_the_state_is_that_of_the_api(graded: tuple[Served, Register]) -> None:
    served, _ = graded
    for household in served.ids()[:20]:
        assert _look(served, household).state == state_of(household, served.parts, AreaStates(), caller=CLERK)


def test_last_quarters_grade_is_the_registers(graded: tuple[Served, Register]) -> None:
    served, register = graded
    for household, grade in list(zip(register.household_ids, register.grade, strict=True))[:60]:
        found = _look(served, str(household)).last_quarter
        assert found is not None
        assert (found.quarter, found.on) == ("2017Q2", NOW.date())
        assert found.grade == (register.policy.grades[grade].id if grade >= 0 else None)


def test_in_the_quarter_itself_there_is_none_before(graded: tuple[Served, Register]) -> None:
    served, _ = graded
    served.clock.moment = NOW + timedelta(hours=1)
    try:
        assert _look(served, served.ids()[0]).last_quarter is None
    finally:
        served.clock.moment = LATER


def test_yesterday_is_as_it_was_known_then(graded: tuple[Served, Register]) -> None:
    served, _ = graded
    for household in served.ids()[:40]:
        found = _look(served, household)
        served.clock.moment = LATER - timedelta(days=1)
        before = state_of(household, served.parts, AreaStates(), caller=CLERK).assessment.settled
        served.clock.moment = LATER
        assert found.yesterday is not None
        assert found.yesterday.on == LATER.date() - timedelta(days=1)
        assert (found.yesterday.status, found.yesterday.grade) == (
            before.status,
            before.grade.id if before.grade else None,
        )


def test_lists_kept_for_now_are_not_those_of_before_they_were_filed(graded: tuple[Served, Register]) -> None:
    served, _ = graded
    policy, where = served.parts.policies.in_force(NOW.date()), (served.village(served.ids()[0]), NOW.date())
    with served.parts.store.moment(served.clock.now) as moment:
        for _ in range(2):
            assert moment.lists_at(moment.known_at, policy=policy)({where})[where]
            assert not moment.lists_at(NOW - timedelta(days=365), policy=policy)({where})[where]


def test_a_bank_is_shown_its_own_consents_and_its_own_decision(graded: tuple[Served, Register]) -> None:
    served, _ = graded
    household = served.ids()[0]
    made = served.client.post("/v1/decisions", json=ask(household)).json()["decision_id"]
    mine, theirs = _look(served, household), _look(served, household, Caller("zhao", "bank-b", Role.CLERK))
    assert [one.reference for one in mine.consents] == [consent_of(household)]
    assert [one.reference for one in mine.live(Use.CREDIT_DECISION)] == [consent_of(household)]
    assert mine.live(Use.LOAN_MONITORING) == []
    assert mine.decision is not None
    assert str(mine.decision.decision_id) == made
    assert [one.reference for one in theirs.consents] == [consent_of(household, "bank-b")]
    assert theirs.decision is None
    everybody = _look(served, household, AUDITOR)
    assert {one.tenant for one in everybody.consents} == {"bank-a", "bank-b"}
    assert everybody.decision is not None


def test_nobody_looks_at_what_is_not_for_them(graded: tuple[Served, Register]) -> None:
    served, _ = graded
    for caller in (Caller("x", "bank-x", Role.CLERK), Caller("y", "county", Role.VILLAGE, "999999999999")):
        with pytest.raises(UnknownHousehold):
            _look(served, served.ids()[0], caller)
