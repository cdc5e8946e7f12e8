"""The step of the watch: what it records is the stored report, and its alarms are taken in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

from feature_store.quarter import Quarter
from serving.monitoring.watch import stored
from serving.quarter.watched import watch_quarter
from tests.serving.quarter.lived import Lived, nothing

LIVED = Quarter(2018, 1)
NEXT = Quarter(2018, 2)


def test_a_quarter_records_the_report_of_its_watch_and_takes_in_its_alarms(make_life: Callable[..., Lived]) -> None:
    lived = make_life()
    lived.until(LIVED.closing + timedelta(hours=9))
    lived.close(LIVED, train=nothing, watch=watch_quarter)
    said = json.loads(lived.recorded(LIVED)["watch"])
    report = stored(lived.parts, date(2018, 5, 1))
    assert (said["on"], said["report_sha256"]) == ("2018-05-01", report.report.sha256)
    assert report.content["period"]["name"] == str(LIVED)
    assert report.content["synthetic"]
    assert [it["figure"] for it in said["alarms"]] == [it["figure"] for it in report.content["alarms"]]
    assert lived.count("SELECT count(*) FROM alarm_reports") == 1

    # The same once more does nothing anew, and the next quarter has a report of its own.
    assert watch_quarter(lived.parts, LIVED, LIVED.closing, lambda _: None) == said
    lived.until(NEXT.closing + timedelta(hours=9))
    lived.close(NEXT, train=nothing, watch=watch_quarter)
    assert lived.count("SELECT count(*) FROM watch_reports") == lived.count("SELECT count(*) FROM alarm_reports") == 2
