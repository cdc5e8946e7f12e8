"""``lushi models``, ``lushi promote`` and ``lushi rollback``: which model advises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from serving.alarms.suspend import standing
from serving.approvals.promote import Listed, list_models, promote, rollback
from serving.challenger.registry import ALIAS
from serving.challenger.suspended import standing_words
from serving.wiring import Parts

By = Annotated[str, typer.Option(help="Who moves the challenger.")]
Second = Annotated[str, typer.Option(help="Who signs as the second person.")]
Why = Annotated[str, typer.Option(help="The cause, as it will stand in the record.")]


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the commands to the program."""

    @app.command("models")
    def models() -> None:
        """List the registered challengers, the gate's verdicts, and which one advises."""
        found, console = list_models(wired()), Console()
        if not found:
            console.print("no challenger is registered yet; train one with `lushi train`")
            return
        table = Table("version", "registered", "quarter", "features", "model sha256", "gate", "alias", "promoted by")
        for column in table.columns:
            column.overflow = "fold"  # a narrow terminal loses no part of a hash or a day
        for one in found:
            table.add_row(*_row(one))
        console.print(table)
        if (suspension := standing(wired())) is not None:
            console.print(f"opinions are {standing_words(suspension)}, whichever version stands; see `lushi model`")
        if any(one.stands != one.alias for one in found):
            console.print("the alias is not where the record says; promote the version marked 'advises' again")

    @app.command("promote")
    def promote_command(
        version: Annotated[str, typer.Argument(help="The version, as `lushi models` lists it.")],
        by: By,
        second: Second,
        why: Why,
    ) -> None:
        """Let a version that passed the gate advise: two different people and a cause."""
        move = promote(wired(), version, by=by, second=second, why=why)
        typer.echo(f"version {move.version} advises now ({move.sha256[:12]}…){_unless_suspended(wired())}")

    @app.command("rollback")
    def rollback_command(by: By, second: Second, why: Why) -> None:
        """Let the version advise again that stood before: two different people and a cause."""
        move = rollback(wired(), by=by, second=second, why=why)
        typer.echo(f"version {move.version} advises again, instead of {move.replaces}{_unless_suspended(wired())}")


def _unless_suspended(parts: Parts) -> str:
    suspension = standing(parts)
    return f"; but opinions are {standing_words(suspension)}: lushi model resume" if suspension is not None else ""


def _row(one: Listed) -> tuple[str, ...]:
    version, move = one.version, one.promoted
    standing = " ".join(word for word, shown in ((ALIAS, one.alias), ("(advises)", one.stands)) if shown)
    who = f"{move.by}, {move.second} on {move.recorded_at.date()}" if move else ""
    registered = version.created_at.date().isoformat()
    return (
        version.version,
        registered,
        version.quarter,
        version.feature_set,
        version.model_sha256[:12],
        version.verdict,
        standing,
        who,
    )
