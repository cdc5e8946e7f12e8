"""``lushi ledger``: verify the log, sign a checkpoint, show the key that banks check with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from feature_store.adapters import log_tables
from scoring.errors import LushiError
from serving.approvals.approve import unrecorded_policies
from serving.ledger.verify import verify
from serving.operations.checkpoints import checkpoint_now
from serving.wiring import Parts

BROKEN = 4
"""Exit code where the log does not hold."""


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    ledger = typer.Typer(no_args_is_help=True, help="The log of everything recorded: verify it, sign it. 存证日志")
    app.add_typer(ledger, name="ledger", help="The log of everything recorded: verify it, sign it. 存证日志")

    @ledger.command("verify")
    def verify_command() -> None:
        """Check every entry, node, content and checkpoint; exit code 4 where the log does not hold. 验证全部存证"""
        parts, console = wired(), Console()
        columns = TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with (
            parts.store.looking(parts.clock.now()) as moment,
            Progress(*columns, console=Console(stderr=True), transient=True) as bar,
        ):
            log_tables.one_snapshot(moment.connection)
            task = bar.add_task("verifying", total=log_tables.size(moment.connection))
            found = verify(moment.connection, parts.signer, lambda done: bar.update(task, completed=done))
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.kinds.items()))
        console.print(f"{found.size:,} entries ({kinds or 'none'}), {found.erased:,} contents erased, "
                      f"{found.checkpoints:,} checkpoints, root {found.root.hex()}", soft_wrap=True, highlight=False)  # fmt: skip
        if missing := unrecorded_policies(parts):
            console.print(
                f"policies of the index without an entry: {', '.join(missing)}; the service writes them when it starts"
            )
        for fault in found.faults:
            console.print(f"[red]{fault}[/]", soft_wrap=True, highlight=False)
        console.print("[bold red]the log does not hold[/]" if found.faults else "[green]the log holds · 存证完整[/]")
        if found.faults:
            raise typer.Exit(BROKEN)

    @ledger.command("checkpoint")
    def checkpoint(
        out: Annotated[Path | None, typer.Option(help="Write it here instead of printing it.", dir_okay=False)] = None,
    ) -> None:
        """Sign a checkpoint over everything recorded so far, and keep it. 签署检查点"""
        note = checkpoint_now(wired())
        if out is None:
            typer.echo(note, nl=False)
            return
        try:
            out.write_text(note, encoding="utf-8")
        except OSError as error:
            raise LushiError(f"{out.name} cannot be written: {(error.strerror or 'unknown cause').lower()}") from error

    @ledger.command("key")
    def key() -> None:
        """Show the public key that checks checkpoints; hand it to banks on another way than the answers. 公钥"""
        typer.echo(wired().signer.public)
