"""A village's households a page at a time: everybody once, in order, and only those whom the caller may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from scoring.batch import STATUSES
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.consents.record import withdraw_consent
from serving.county.grade_county import Register, grade_county
from serving.privacy.list_households import Listed, village_page, villages_seen
from tests.serving.served import NOW, Served, consent_of

CLERK, AUDITOR = Caller("wang", "bank-a", Role.CLERK), Caller("li", "county", Role.AUDITOR)


@pytest.fixture(scope="module")
def county(make_county: Callable[[], Served]) -> Iterator[tuple[Served, Register]]:
    served = make_county()
    served.clock.moment = NOW
    assert village_page(served.village(served.ids()[0]), served.parts, caller=AUDITOR).quarter is None
    yield served, grade_county(served.parts, NOW.date())
    served.parts.close()


def _all(served: Served, village: str, caller: Caller, most: int) -> list[Listed]:
    found: list[Listed] = []
    while True:
        page = village_page(
            village, served.parts, caller=caller, after=found[-1].household_id if found else "", most=most
        )
        assert len(page.households) <= most
        found += page.households
        if not page.more:
            return found


@pytest.mark.parametrize("most", [1, 2, 3, 50])
def test_pages_hold_everybody_once_with_the_registers_grades(most: int, county: tuple[Served, Register]) -> None:
    served, register = county
    rows = zip(register.household_ids, register.villages, register.status, register.grade, strict=True)
    wanted = {
        str(household): (STATUSES[status], register.policy.grades[grade].id if grade >= 0 else None)
        for household, village, status, grade in rows
        if village == register.villages[0]
    }
    found = _all(served, str(register.villages[0]), AUDITOR, most)
    assert [one.household_id for one in found] == sorted(wanted)
    assert {one.household_id: (one.status, one.grade.id if one.grade else None) for one in found} == wanted


def test_a_bank_sees_who_consents_today(county: tuple[Served, Register]) -> None:
    served, register = county
    village = str(register.villages[0])
    before = [one.household_id for one in _all(served, village, CLERK, 50)]
    withdraw_consent(consent_of(before[0]), served.parts, caller=CLERK)
    assert [one.household_id for one in _all(served, village, CLERK, 50)] == before[1:]
    served.clock.moment = NOW + timedelta(days=4 * 366)
    assert _all(served, village, CLERK, 50) == []
    served.clock.moment = NOW
    assert _all(served, village, Caller("x", "bank-x", Role.CLERK), 50) == []


def test_the_network_sees_its_area(county: tuple[Served, Register]) -> None:
    served, register = county
    village = str(register.villages[0])
    other = next(str(it) for it in register.villages if it != village)
    officer = Caller("sun", "county", Role.VILLAGE, village)
    assert _all(served, village, officer, 50)
    assert _all(served, other, officer, 50) == []
    assert [code for one in villages_seen(served.parts, caller=officer) for code in one.villages] == [village]
    everywhere = [code for one in villages_seen(served.parts, caller=CLERK) for code in one.villages]
    assert everywhere == sorted(everywhere)
    assert {str(it) for it in register.villages} <= set(everywhere)
    nobody = Caller("sun", "county", Role.VILLAGE, "")
    assert villages_seen(served.parts, caller=nobody) == []
