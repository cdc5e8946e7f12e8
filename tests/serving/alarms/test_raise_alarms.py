"""A report's alarms: each change an entry, once per report; red ones suspend where their limit says so, and never twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from feature_store.adapters import suspensions
from serving.alarms.raise_alarms import Raised, raise_alarms
from serving.alarms.standing import list_alarms
from serving.alarms.suspend import SuspensionRefused, resume, suspend, suspend_by_rule
from serving.alarms.told import AlarmsInvalid
from serving.ledger.verify import verify
from tests.serving.alarms.conftest import Alarming
from tests.serving.alarms.reports import alarm, red, report

ON, NEXT = date(2020, 10, 31), date(2021, 1, 31)
TWO = {"by": "Wang Fang", "second": "Li Qiang", "why": "looked into it"}


def taken(alarming: Alarming, *alarms: dict[str, Any], on: date = ON, number: int = 0) -> Raised:
    return raise_alarms(alarming.parts, report(*alarms, number=number), on=on)


def test_a_new_alarm_is_an_entry_that_holds_ids_and_numbers_only(alarming: Alarming) -> None:
    found = taken(alarming, alarm())
    assert (found.taken, len(found.raised), found.cleared, found.suspended) == (True, 1, (), None)
    ((kind, said),) = alarming.entries()
    assert kind == "alarm_raised"
    assert said == {
        "alarm_id": found.raised[0],
        "figure": "early.late30_6m",
        "about": {"kind": "township", "ids": ["411299104"]},
        "level": "amber",
        "before": None,
        "since": "2020Q2",
        "suspends": False,
        "on": "2020-10-31",
        "report_sha256": found.report_sha256,
    }


def test_the_same_report_again_records_nothing(alarming: Alarming) -> None:
    taken(alarming, alarm(), alarm("population.psi_score"))
    again = taken(alarming, alarm(), alarm("population.psi_score"))
    assert (again.taken, again.raised) == (False, ())
    assert alarming.kinds() == ["alarm_raised"] * 2


def test_many_at_once_take_one_report_in_once(alarming: Alarming) -> None:
    with ThreadPoolExecutor(8) as workers:
        found = list(workers.map(lambda _: taken(alarming, alarm(), red("challenger.gini")), range(8)))
    assert sorted(one.taken for one in found) == [False] * 7 + [True]
    assert alarming.kinds() == ["alarm_raised"] * 2


def test_what_goes_on_is_no_news_what_changes_is_and_what_is_over_is_cleared(alarming: Alarming) -> None:
    first = taken(alarming, alarm(), alarm("population.psi_score"))
    same = taken(alarming, alarm(since="2020Q3"), alarm("population.psi_score"), on=NEXT)
    assert (same.taken, same.raised, same.cleared) == (True, (), ())
    more = {"kind": "township", "ids": ["411299104", "411299107"], "zh": "", "en": ""}
    wider = taken(alarming, alarm(about=more, since="2020Q3"), number=1, on=NEXT)
    assert wider.raised == first.raised[:1]
    assert wider.cleared == first.raised[1:]
    shown = list_alarms(alarming.parts)
    (one,) = shown.shown
    assert (shown.on, one.alarm.since, one.alarm.about["ids"]) == (NEXT, "2020Q2", ["411299104", "411299107"])
    assert taken(alarming, number=2, on=NEXT).cleared == first.raised[:1]
    assert list_alarms(alarming.parts).shown == ()
    anew = taken(alarming, alarm(since="2020Q4"), number=3, on=NEXT)
    assert anew.raised == first.raised[:1]
    assert list_alarms(alarming.parts).shown[0].alarm.since == "2020Q4"


def test_a_report_about_an_earlier_day_changes_nothing(alarming: Alarming) -> None:
    taken(alarming, alarm(), on=NEXT)
    late = taken(alarming, red("challenger.gini"), on=ON)
    assert (late.taken, late.raised, late.cleared) == (False, (), ())
    assert alarming.kinds() == ["alarm_raised"]


def test_a_red_alarm_suspends_by_rule_and_the_entry_names_alarm_and_report(alarming: Alarming) -> None:
    alarming.promoted()
    found = taken(alarming, red(), alarm("population.psi_score", level="red"))
    assert found.suspended == 2
    kind, said = alarming.entries()[2]
    assert kind == "opinion_suspended"
    assert said == {
        "reason": "red_alarm",
        "alarm_ids": [found.raised[0]],
        "report_sha256": found.report_sha256,
        "ends": None,
    }


def test_nothing_is_suspended_twice_and_nothing_where_no_model_advises(alarming: Alarming) -> None:
    assert taken(alarming, red()).suspended is None
    with pytest.raises(SuspensionRefused, match="no model advises"):
        suspend(alarming.parts, **TWO)
    assert suspend_by_rule(alarming.parts, ["0" * 16], "0" * 64) is None
    alarming.promoted()
    assert suspend_by_rule(alarming.parts, [], "0" * 64) is None
    assert suspend_by_rule(alarming.parts, ["0" * 16], "0" * 64) is not None
    assert suspend_by_rule(alarming.parts, ["0" * 16], "0" * 64) is None
    assert taken(alarming, red(), red("challenger.gini"), on=NEXT).suspended is None
    assert alarming.kinds().count("opinion_suspended") == 1


def test_what_people_resumed_stays_resumed_while_the_alarm_goes_on_and_not_when_it_comes_anew(
    alarming: Alarming,
) -> None:
    alarming.promoted()
    first = taken(alarming, red())
    done = resume(alarming.parts, **TWO)
    assert done.red == first.raised
    assert alarming.entries()[-1][1]["alarm_ids"] == list(first.raised)
    assert taken(alarming, red()).suspended is None
    more = {"kind": "township", "ids": ["411299107"], "zh": "", "en": ""}
    assert taken(alarming, red(about=more), on=NEXT).suspended is None
    assert taken(alarming, alarm(), on=NEXT).suspended is None
    assert taken(alarming, red(), on=NEXT, number=1).suspended is not None


def test_suspended_by_people_it_is_not_suspended_by_rule_too(alarming: Alarming) -> None:
    alarming.promoted()
    suspend(alarming.parts, **TWO)
    assert taken(alarming, red()).suspended is None
    resume(alarming.parts, **TWO)
    with alarming.parts.store.engine.connect() as connection:
        assert suspensions.standing(connection) is None
    assert alarming.kinds() == ["opinion_suspended", "alarm_raised", "opinion_resumed"]


def test_where_one_alarm_cannot_be_recorded_none_is_and_the_report_can_come_again(
    alarming: Alarming, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarming.promoted()
    with monkeypatch.context() as broken:
        broken.setattr("serving.alarms.raise_alarms.suspend_at", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            taken(alarming, red(), alarm("population.psi_score"))
    assert alarming.kinds() == []
    assert taken(alarming, red(), alarm("population.psi_score")).suspended == 2
    with alarming.parts.store.looking(alarming.clock.now()) as moment:
        assert verify(moment.connection, alarming.parts.signer).faults == []


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ({"alarms": None}, "'alarms' must be a list"),
        ({"alarms": ["x"]}, r"alarms\[0\] must be an object"),
        ({"alarms": [alarm(level="green")]}, r"alarms\[0\].level"),
        ({"alarms": [alarm("Früh")]}, r"alarms\[0\].figure"),
        ({"alarms": [alarm(since="yesterday")]}, r"alarms\[0\].since"),
        ({"alarms": [alarm(suspends=1)]}, r"alarms\[0\].suspends"),
        ({"alarms": [alarm(about={"kind": "township", "ids": [7], "zh": "", "en": ""})]}, r"about.ids"),
        ({"alarms": [alarm(lines={"zh": ["a\x1b[2J"], "en": []})]}, r"alarms\[0\].lines"),
        ({"alarms": [alarm(lines={"zh": [], "en": ["a\u202eb"]})]}, r"alarms\[0\].lines"),
        ({"alarms": [alarm(lines={"zh": [], "en": ["x"] * 21})]}, r"alarms\[0\].lines"),
        ({"alarms": [alarm(), alarm(level="red")]}, r"alarms\[1\] is told twice"),
        ({"alarms": [alarm()], "psi": 0.1}, "no canonical form"),
    ],
)
def test_what_is_no_report_is_refused_whole_and_by_place(
    alarming: Alarming, spoiled: dict[str, Any], said: str
) -> None:
    with pytest.raises(AlarmsInvalid, match=said):
        raise_alarms(alarming.parts, spoiled, on=ON)
    assert alarming.kinds() == []


def test_spaces_of_chinese_text_are_no_fault(alarming: Alarming) -> None:
    assert taken(alarming, alarm(lines={"zh": ["红色:\u3000逾期\xa0率"], "en": []})).taken


def test_every_fault_is_said_at_once(alarming: Alarming) -> None:
    with pytest.raises(AlarmsInvalid) as refused:
        taken(alarming, alarm(level="green", since=""), alarm("x y"))
    assert len(refused.value.faults) == 3
