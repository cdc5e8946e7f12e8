"""``lushi serve``, ``lushi stop`` and ``lushi replay``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from feature_store.adapters import embedded
from serving.commands import replay
from serving.commands.run_service import GRACE_SECONDS, METRICS_PORT, MOST_WORKERS, address, check_port, run
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

    replay.register(app, wired)
