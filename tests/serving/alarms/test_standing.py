"""The alarms that stand, as people, programs and Prometheus see them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from datetime import date

import pytest
import typer
from starlette.testclient import TestClient
from typer.testing import CliRunner

import serving.commands.alarms
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.alarms.deliver import deliver
from serving.alarms.measured import MOST_LABELS
from serving.alarms.raise_alarms import raise_alarms
from serving.alarms.standing import list_alarms
from serving.api.app import create_app
from serving.operations.gauges import Gauges
from serving.telemetry.logs import set_up
from tests.serving.alarms.conftest import Alarming
from tests.serving.alarms.receiver import Receiver, plain
from tests.serving.alarms.reports import alarm, red, report
from tests.serving.describing import fits
from tests.serving.served import header_of

ON = date(2020, 10, 31)
WHOLE = {"kind": "whole", "ids": [], "zh": "全部", "en": "everything"}


@pytest.fixture
def raised(alarming: Alarming) -> Alarming:
    """Two alarms, one of them red, and opinions suspended."""
    alarming.promoted()
    raise_alarms(alarming.parts, report(alarm(), red("challenger.gini", about=WHOLE)), on=ON)
    return alarming


def samples(alarming: Alarming) -> dict[tuple[str, ...], float]:
    """Every sample that is looked up, by name and labels."""
    families = Gauges(alarming.parts).collect()
    return {(it.name, *it.labels.values()): it.value for family in families for it in family.samples}


def listed(alarming: Alarming, *words: str) -> str:
    app = typer.Typer()
    app.callback()(lambda: None)
    serving.commands.alarms.register(app, lambda: alarming.parts)
    found = CliRunner().invoke(app, ["alarms", *words], env={"COLUMNS": "40"})
    assert found.exit_code == 0, found.output
    return found.output


def test_the_answer_lists_red_ones_first_with_what_they_say_and_that_opinions_are_suspended(raised: Alarming) -> None:
    app = create_app(raised.parts)
    client = TestClient(app, headers=header_of(raised.parts, Role.ANALYST))
    found = fits(app.openapi(), "/v1/alarms", "get", client.get("/v1/alarms"))
    assert found["on"] == "2020-10-31"
    assert [(it["figure"], it["level"], it["suspends"], it["delivery"]) for it in found["alarms"]] == [
        ("challenger.gini", "red", True, "no_webhook"),
        ("early.late30_6m", "amber", False, "no_webhook"),
    ]
    assert found["alarms"][1]["about"] == {
        "kind": "township", "ids": ["411299104"], "zh": "某镇(虚构)", "en": "A township (synthetic)",
    }  # fmt: skip
    assert found["alarms"][1]["lines"]["en"] == ["Amber: late", "Since 2020Q2"]
    assert (found["opinion"]["status"], found["opinion"]["reason"]) == ("suspended", "red_alarm")


def test_before_the_first_report_the_list_is_empty(alarming: Alarming) -> None:
    app = create_app(alarming.parts)
    client = TestClient(app, headers=header_of(alarming.parts, Role.AUDITOR))
    assert fits(app.openapi(), "/v1/alarms", "get", client.get("/v1/alarms")) == {
        "on": None,
        "alarms": [],
        "opinion": None,
    }


def test_a_county_sees_no_alarm_about_areas_outside_it(alarming: Alarming) -> None:
    both = {"kind": "township", "ids": ["411299104", "419999101"], "zh": "", "en": ""}
    raise_alarms(alarming.parts, report(alarm(), alarm("early.x", about=both), alarm("early.y", about=WHOLE)), on=ON)

    def seen(role: Role, area: str = "") -> list[str]:
        found = list_alarms(alarming.parts, caller=Caller("someone", "county", role, area))
        return [it.alarm.figure for it in found.shown]

    assert seen(Role.ANALYST) == ["early.late30_6m", "early.x", "early.y"]
    assert seen(Role.COUNTY, "411299") == ["early.late30_6m", "early.y"]
    assert seen(Role.COUNTY, "419999") == ["early.y"]


def test_the_command_prints_every_line_in_both_languages_and_takes_nothing_as_markup(raised: Alarming) -> None:
    text = listed(raised)
    assert "模型意见已暂停 opinions are suspended since 2017-04-20" in text
    assert text.index("challenger.gini") < text.index("early.late30_6m")
    for words in ("红色 red", "黄色 amber", "自2020Q2起", "Since 2020Q2", "no webhook is set", "suspends the opinion"):
        assert words in text
    odd = {"zh": ["[bold]x[/]"], "en": ["[red]y"]}
    raise_alarms(raised.parts, report(alarm(lines=odd)), on=ON)
    assert "[bold]x[/]" in listed(raised)
    assert "[red]y" in listed(raised)
    raise_alarms(raised.parts, report(number=1), on=ON)
    assert "no alarm stands (report of 2020-10-31)" in listed(raised)


def test_the_key_is_printed_for_the_receiver_and_stays_the_same(alarming: Alarming) -> None:
    first = listed(alarming, "key")
    assert first.startswith("whsec_")
    assert listed(alarming, "key") == first
    assert (alarming.parts.settings.data / "alarm.key").stat().st_mode & 0o77 == 0


def test_prometheus_sees_levels_alarms_suspension_and_messages(raised: Alarming) -> None:
    found = samples(raised)
    assert (found["lushi_alarms", "red"], found["lushi_alarms", "amber"]) == (1, 1)
    assert found["lushi_alarm", "challenger.gini", "whole", "red"] == 1
    assert found["lushi_alarm", "early.late30_6m", "township", "amber"] == 1
    assert found["lushi_opinion_suspended",] == 1
    assert found["lushi_webhook_messages", "waiting"] == 3
    raise_alarms(raised.parts, report(), on=ON)
    found = samples(raised)
    assert (found["lushi_alarms", "red"], found["lushi_alarms", "amber"]) == (0, 0)
    assert not [name for name in found if name[0] == "lushi_alarm"]


def test_a_flood_of_alarms_does_not_flood_prometheus(alarming: Alarming) -> None:
    many = [alarm(f"figure.number_{it}") for it in range(MOST_LABELS + 30)]
    raise_alarms(alarming.parts, report(*many), on=ON)
    found = {name: value for name, value in samples(alarming).items() if name[0] == "lushi_alarm"}
    assert len(found) == MOST_LABELS + 1
    assert found["lushi_alarm", "other", "other", "amber"] == 30


def test_the_process_log_says_what_happened_by_ids_and_nothing_of_the_receiver(
    make_alarming: Callable[[str], Alarming], receiver: Receiver
) -> None:
    told = make_alarming(receiver.url)
    told.promoted()
    receiver.answers = [plain("500 SECRET-OF-THE-RECEIVER", "X-Secret: SECRET"), plain("204 No Content")]
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    set_up("debug", stream=stream)
    try:
        raise_alarms(told.parts, report(red(), alarm("early.x")), on=ON)
        deliver(told.parts)
        raise_alarms(told.parts, report(), on=ON)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    said = [(it["event"], it["level"], it.get("figure"), it.get("log_index"), it.get("cause")) for it in lines]
    assert said == [
        ("alarm raised", "error", "early.late30_6m", 0, None),
        ("alarm raised", "warning", "early.x", 1, None),
        ("opinions suspended", "error", None, 2, None),
        ("webhook not delivered", "warning", None, 0, "failed_there"),
        ("webhook delivered", "info", None, 1, None),
        ("webhook delivered", "info", None, 2, None),
        ("alarm cleared", "info", "early.late30_6m", 3, None),
        ("alarm cleared", "info", "early.x", 4, None),
    ]
    for secret in ("SECRET", receiver.url, "127.0.0.1", "whsec_", "逾期"):
        assert secret not in stream.getvalue()
