"""``lushi policy approve``: two people let a policy bind from its day on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from serving.approvals.approve import approve_policy
from serving.wiring import Parts


def register(policy_app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the command to ``lushi policy``."""

    @policy_app.command("approve")
    def approve(
        folder: Annotated[
            Path,
            typer.Argument(
                help="The policy's folder, beside the approved ones. 政策文件夹", file_okay=False, exists=True
            ),
        ],
        by: Annotated[str, typer.Option(help="Who approves it. 批准人")],
        second: Annotated[str, typer.Option(help="Who approves it as the second person. 第二批准人")],
        why: Annotated[str, typer.Option(help="The cause, as it will stand in index and log. 原因")],
    ) -> None:
        """Approve a policy: its line in the index, its entry in the log. 批准政策

        Two different people and a cause. The policy must be whole, and begin
        after the last approved one and not before today. Leaves with 1, and every
        reason, where it is refused; then nothing has changed.

        \b
        Example:
          lushi policy approve scoring/policy/lushi/2027-01-01 --by "Zhang San" --second "Li Si" --why "county order 12"
        """
        with Console(stderr=True).status("checking the policy · 检查政策"):
            found = approve_policy(wired(), folder, by=by, second=second, why=why)
        typer.echo(
            f"{found.policy.id} is approved and binds from {found.policy.effective_from} (entry {found.log_index} of the log); "
            "restart the service so that it goes by it"
        )
