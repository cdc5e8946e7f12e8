"""``lushi train`` and ``lushi retrain``: the county's challenger, now or for a quarter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from feature_store.quarter import read_quarter
from training.county import Asked, County, retrain, train_county
from training.shown import PROMOTED, REFUSED, show, steps
from training.tracking import Kept

Out = Annotated[Path | None, typer.Option(help="Also write model, card and metrics here.", file_okay=False)]
Seed = Annotated[int, typer.Option(help="Seed of the fit and of every resampling.", min=0, max=2**31 - 2)]
Search = Annotated[int, typer.Option(help="Parameter sets tried inside the training window.", min=0, max=50)]
Day = Annotated[
    datetime | None,
    typer.Option(
        help="First day of the loans that judge. Left out: whole vintages, at least the newest 25 % of the loans.",
        formats=["%Y-%m-%d"],
    ),
]
Rival = Annotated[bool, typer.Option("--previous/--no-previous", help="Compare with the challenger that advises.")]


def add_county(app: typer.Typer, train: typer.Typer, county: Callable[[], County]) -> None:
    """Add both commands; ``county`` is asked when one of them runs."""

    @train.callback(invoke_without_command=True)
    def train_command(
        context: typer.Context,
        judged_from: Day = None,
        seed: Seed = 42,
        search: Search = 0,
        previous: Rival = True,
        out: Out = None,
        register: Annotated[bool, typer.Option(help="Register the model as a version, with its verdict.")] = True,
    ) -> None:
        """Train the county's challenger on all that is known now, judge it, and record it. 训练挑战者模型

        Exit code: 0 the gate promotes, 3 it refuses (every reason is shown), 1 faults, 2 wrong use.
        Nothing advises before two people promote it: lushi promote VERSION.
        """
        if context.invoked_subcommand is not None:
            return
        asked = Asked(_day(judged_from), seed, search, previous, out, register)
        with steps(Console(stderr=True)) as progress:
            trained, kept = train_county(county(), asked, progress=progress)
        console = Console()
        show(trained, kept, console)
        _ended(kept, console)

    @app.command("retrain")
    def retrain_command(
        quarter: Annotated[str, typer.Option(help="The quarter, as 2021Q1; it must be over.", show_default=False)],
        again: Annotated[bool, typer.Option("--again", help="Train even where the quarter has its version.")] = False,
        seed: Seed = 42,
        search: Search = 0,
        previous: Rival = True,
        out: Out = None,
    ) -> None:
        """A quarter's whole training: as known when its books closed, judged, recorded, registered once. 按季重训

        Run twice, it trains once and says what is there. Exit codes as of lushi train.
        Example: lushi retrain --quarter 2021Q1
        """
        one, asked, console = read_quarter(quarter), Asked(None, seed, search, previous, out), Console()
        with steps(Console(stderr=True)) as progress:
            trained, kept = retrain(county(), asked, one, again=again, progress=progress)
        if trained is not None:
            show(trained, kept, console)
        else:
            console.print(
                f"{one} was trained already: version {kept.version}, gate [bold]{escape(kept.verdict)}[/], run {kept.run_id}; "
                "train it anew with --again",
                soft_wrap=True,
            )
            if kept.reasons:
                console.print(f"- {escape(kept.reasons)}", soft_wrap=True)
        _ended(kept, console)


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None


def _ended(kept: Kept, console: Console) -> None:
    console.print(f"model card: {escape(kept.card)}", soft_wrap=True, highlight=False)
    raise typer.Exit(PROMOTED if kept.verdict == "promote" else REFUSED)
