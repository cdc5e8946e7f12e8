"""``lushi replay``: recorded decisions assessed again, exactly or with something changed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from serving.challenger.versions import NoSuchVersion
from serving.county.area_states import AreaStates
from serving.ledger import postgres as ledger
from serving.replay.again import Replayed, replay
from serving.replay.outcome import FIELDS, moved_points
from serving.replay.three_way import ThreeWay, UnknownPolicy, replay_otherwise
from serving.replay.words import VERDICTS, Verdict
from serving.wiring import Parts

DIFFERENT, CANNOT = 1, 3
"""Exit codes: the outcome is another one; it cannot be repeated."""


class Known(StrEnum):
    """Which data a replay reads."""

    then = "then"
    now = "now"


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the command to the program."""

    @app.command("replay")
    def replay_command(
        decision_id: Annotated[UUID | None, typer.Argument(help="The decision_id of an answer. 决定编号")] = None,
        sample: Annotated[
            int,
            typer.Option(
                help="Replay so many decisions chosen at random instead. 随机抽取若干份", min=0, max=1_000_000
            ),
        ] = 0,
        policy: Annotated[
            str | None, typer.Option(metavar="DATE|HASH", help="Under this approved policy instead. 换一政策")
        ] = None,
        data: Annotated[
            Known, typer.Option(help="On what was known then, or is known now. 当时或现时数据")
        ] = Known.then,
        model: Annotated[
            str | None, typer.Option(metavar="VERSION", help="With this model's opinion instead. 换一模型")
        ] = None,
    ) -> None:
        """Assess a recorded decision again, and compare; nothing is recorded. 决定重放

        As it was: from its policy, the filings it read, its area's state and its
        model; identical means to the byte. Or with something changed: another
        policy, today's data, another model; then it says which change moves the outcome.

        \b
        Exit 0: the same. 1: different, with what differs. 3: it cannot be repeated, and why.

        \b
        Examples:
          lushi replay --sample 200
          lushi replay DECISION_ID --policy 2017-04-01
          lushi replay DECISION_ID --data now --model 3
        """
        otherwise = policy is not None or model is not None or data is Known.now
        if decision_id is None and not sample:
            raise typer.BadParameter("give a decision id, or --sample N")
        if (decision_id is not None and sample) or (decision_id is None and otherwise):
            raise typer.BadParameter(
                "--sample replays decisions as they were; give one decision id to change something"
            )
        parts, console = wired(), Console()
        if decision_id is not None and otherwise:
            try:
                found = replay_otherwise(decision_id, parts, AreaStates(), policy=policy, data=data.value, model=model)
            except (UnknownPolicy, NoSuchVersion) as error:
                raise typer.BadParameter(str(error)) from None
            _show(found, console)
        elif decision_id is not None:
            _report([replay(decision_id, parts)], console)
        else:
            with parts.store.looking(parts.clock.now()) as moment:
                chosen = ledger.sample(moment, sample)
            areas = AreaStates()
            each = track(chosen, "replaying", console=console, transient=True)
            _report([replay(one, parts, areas) for one in each], console)


def _report(found: list[Replayed], console: Console) -> None:
    """What exact replays came to."""
    different = [one for one in found if not one.identical]
    for one in different:
        console.print(f"{one.decision_id} (entry {one.entry_no}): {'; '.join(one.differences)}", soft_wrap=True)
    for words in dict.fromkeys(what for one in found for what in one.stated):
        console.print(words)
    console.print(f"{len(found) - len(different)} of {len(found)} decisions replay identically")
    if different:
        raise typer.Exit(CANNOT if all(one.cannot for one in different) else DIFFERENT)


def _show(found: ThreeWay, console: Console) -> None:
    """What a replay with something changed came to."""
    words = VERDICTS[found.verdict]
    console.print(f"{found.decision_id} (entry {found.entry_no}): {found.verdict} · {words.zh}", soft_wrap=True)
    console.print(words.en, soft_wrap=True)
    for line in [*found.causes, *(it.what for it in found.why), *found.stated]:
        console.print(f"  {line}", soft_wrap=True)
    if found.recorded is not None and found.again is not None:
        recorded, again = found.recorded, found.again
        table = Table("", "recorded · 记录", "again · 重放")
        rows = [("on", recorded.on, again.on), ("pd", recorded.pd, again.pd)]
        rows += [(name, recorded.fields[name], again.fields[name]) for name in FIELDS]
        rows += [(f"points: {name}", one, other) for name, one, other in moved_points(recorded, again)]
        for name, one, other in rows:
            table.add_row(name, _cell(one), _cell(other), style="" if one == other else "bold")
        console.print(table)
    if found.verdict is not Verdict.SAME:
        raise typer.Exit(CANNOT if found.verdict is Verdict.CANNOT else DIFFERENT)


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {inner}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
