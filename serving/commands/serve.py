"""``lushi serve``, ``lushi stop`` and ``lushi replay``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import track

from feature_store.adapters import embedded
from serving.area_states import AreaStates
from serving.commands.run_service import GRACE_SECONDS, METRICS_PORT, MOST_WORKERS, address, check_port, run
from serving.ledger import postgres as ledger
from serving.replay import Replayed, replay
from serving.settings import Settings
from serving.wiring import Parts

__all__ = ["GRACE_SECONDS", "check_port", "register", "run"]


def register(app: typer.Typer, wired: Callable[[], Parts], settings: Callable[[], Settings]) -> None:
    """Add the commands to the program."""

    @app.command("serve")
    def serve(
        workers: Annotated[
            int, typer.Option(help="Processes that answer, each with its own models.", min=1, max=MOST_WORKERS)
        ] = 1,
    ) -> None:
        """Answer banks over HTTP until stopped (Ctrl-C). Address and port: LUSHI_HOST, LUSHI_PORT. 启动服务

        Logs go to standard error, metrics to LUSHI_METRICS_PORT. Example: lushi serve --workers 4
        """
        parts = wired()
        run(
            parts,
            ready=lambda: typer.echo(f"serving on {address(parts.settings)}; stop with Ctrl-C"),
            workers=workers,
            usual_metrics_port=METRICS_PORT,
        )

    @app.command("stop")
    def stop() -> None:
        """Stop the embedded database of LUSHI_DATA, where one is still running."""
        folder = settings().data / "postgres"
        stopped = embedded.stop(folder)
        typer.echo(f"the embedded database in {folder} is stopped" if stopped else f"none was running in {folder}")

    @app.command("replay")
    def replay_command(
        decision_id: Annotated[UUID | None, typer.Argument(help="The decision_id of an answer.")] = None,
        sample: Annotated[
            int, typer.Option(help="Replay so many decisions chosen at random instead.", min=0, max=1_000_000)
        ] = 0,
    ) -> None:
        """Assess a recorded decision again from its entry and the filings known then, and compare.

        Exit 0: identical. Exit 1: different, with what differs. Example: lushi replay --sample 200
        """
        parts, console = wired(), Console()
        if decision_id is None and not sample:
            raise typer.BadParameter("give a decision id, or --sample N")
        if decision_id is not None:
            found = [replay(decision_id, parts)]
        else:
            with parts.store.looking(parts.clock.now()) as moment:
                chosen = ledger.sample(moment, sample)
            areas = AreaStates()
            found = [replay(one, parts, areas) for one in track(chosen, "replaying", console=console, transient=True)]
        _report(found, console)


def _report(found: list[Replayed], console: Console) -> None:
    different = [one for one in found if not one.identical]
    for one in different:
        console.print(f"{one.decision_id} (entry {one.entry_no}): {'; '.join(one.differences)}", soft_wrap=True)
    console.print(f"{len(found) - len(different)} of {len(found)} decisions replay identically")
    if different:
        raise typer.Exit(1)
