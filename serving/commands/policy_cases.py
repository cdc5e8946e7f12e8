"""``lushi policy cases``: the cases that stand in a policy's folder, each held against its rules."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from scoring.policy.load import policy_of, read_texts
from serving.commands.policy_read import POLICY_HELP, folder_of, refusals
from serving.trying.case_files import read_cases
from serving.trying.cases import judge_case


def register(policy_app: typer.Typer) -> None:
    """Add the command to ``lushi policy``."""

    @policy_app.command("cases")
    def cases(policy: Annotated[str, typer.Argument(metavar="POLICY", help=POLICY_HELP, show_default=False)]) -> None:
        """Run the cases of a policy (cases/*.yaml in its folder). 运行政策的案例。

        Analysts and banks write them: a household's values, a day, and what must
        be decided. Leaves with 1 where one does not hold, or a file is faulty.

        \b
        Examples:
          lushi policy cases 2021-03-01
          lushi policy cases drafts/2027-01-01
        """
        with refusals():
            folder = folder_of(policy)
            rules, found = policy_of(read_texts(folder)), read_cases(folder)
        console, failed = Console(), 0
        for case in found:
            judged = judge_case(case, rules)
            if judged.holds:
                continue
            failed += 1
            console.print(f"[red]{case.file}:{case.line}:[/] {escape(case.name)}", soft_wrap=True)
            for key, wanted in case.expect.items():
                if not judged.cannot and judged.found[key] != wanted:
                    console.print(
                        f"    {key}: expected {_shown(wanted)}, decided {_shown(judged.found[key])}", markup=False
                    )
            if judged.cannot:
                console.print(f"    {judged.cannot}", markup=False, soft_wrap=True)
        console.print(
            f"{len(found) - failed} of {len(found)} cases hold. {len(found)}个案例中{len(found) - failed}个成立。"
        )
        raise typer.Exit(int(failed > 0))


def _shown(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value) or "nothing"
