"""``lushi assess``: grade a file under a policy, with no database at all."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from scoring.assess import assess, path_of
from scoring.batch import STATUSES
from scoring.credit_file import MISSING, CreditFile, Reported
from scoring.decision import binding_of, path_data
from scoring.policy.certify import certify
from scoring.policy.load import load
from serving.commands.output import check_output, write_frame
from serving.county.assess_file import FileRefused, GradedFile, grade_file


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command("assess")
    def assess_command(
        file: Annotated[Path, typer.Argument(help="CSV (also .gz), Parquet or XLSX: a row per household.")],
        policy: Annotated[Path, typer.Option(help="The policy folder to grade under.")],
        on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day on which to grade.")],
        out: Annotated[
            Path | None, typer.Option(help="Write the grades here, as CSV or Parquet by its ending.")
        ] = None,
        id_column: Annotated[str, typer.Option(help="The column that names the household.")] = "household_id",
        outcome: Annotated[
            str, typer.Option(help="A column with the known outcome (1 bad, 0 good): prints default by grade.")
        ] = "",
        explain: Annotated[str, typer.Option(help="Print this household's full explanation as JSON.")] = "",
    ) -> None:
        """Grade every household of a file under a policy. Needs no database and records nothing.

        Example: lushi assess clients.csv --policy my_county/2026-01-01 --on 2026-03-31 --out grades.csv
        """
        check_output(out)
        console, errors = Console(), Console(stderr=True)
        day = date(on.year, on.month, on.day)
        with console.status("grading"):
            rules = load(policy)
            try:
                found = grade_file(file, rules, on=day, id_column=id_column, outcome=outcome)
            except FileRefused as refused:
                for fault in refused.faults[:50]:
                    errors.print(str(fault), highlight=False, markup=False, soft_wrap=True)
                if len(refused.faults) > 50:
                    errors.print(f"and {len(refused.faults) - 50} more faults")
                errors.print(f"{refused}.")
                raise typer.Exit(1) from None
        if explain:
            typer.echo(_explanation(found, explain, day))
            return
        _show(found, console)
        if found.outcome is not None:
            _show_outcomes(found, console)
        if out is not None:
            write_frame(found.frame(), out)
            console.print(f"grades written to {out}")


def _show(found: GradedFile, console: Console) -> None:
    total = max(len(found.ids), 1)
    console.print(f"{len(found.ids):,} households graded under {found.policy.id} (sha256 {found.policy.sha256[:12]}…)")
    if found.ignored:
        console.print(f"columns not read, since the policy has no such indicator: {', '.join(found.ignored)}")
    if found.absent:
        console.print(f"indicators without a column, so missing: {len(found.absent)}")
    table = Table("grade", "households", "share")
    for number, grade in reversed(list(enumerate(found.policy.grades))):
        count = int((found.columns.grade == number).sum())
        table.add_row(grade.id, f"{count:,}", f"{count / total:.1%}")
    for number, name in enumerate(STATUSES[1:], 1):
        count = int((found.columns.status == number).sum())
        table.add_row(name, f"{count:,}", f"{count / total:.1%}")
    console.print(table)


def _show_outcomes(found: GradedFile, console: Console) -> None:
    """Realised default by grade with Wilson intervals (95 %), and the score's AUC against default."""
    from scipy.stats import binomtest
    from sklearn.metrics import roc_auc_score

    assert found.outcome is not None
    known = found.outcome >= 0
    table = Table("grade", "households", "bad", "default rate", "95 % interval", title="realised default by grade")
    groups = [(grade.id, found.columns.grade == n) for n, grade in reversed(list(enumerate(found.policy.grades)))]
    groups += [(name, found.columns.status == n) for n, name in enumerate(STATUSES[1:], 1)]
    for name, members in groups:
        count, bad = int((members & known).sum()), int((found.outcome[members] == 1).sum())
        if count:
            interval = binomtest(bad, count).proportion_ci(0.95, "wilson")
            table.add_row(
                name, f"{count:,}", f"{bad:,}", f"{bad / count:.2%}", f"{interval.low:.2%} – {interval.high:.2%}"
            )
    console.print(table)
    if len(np.unique(found.outcome[known])) == 2:
        auc = roc_auc_score(found.outcome[known], -found.columns.score[known].astype(int))
        console.print(
            f"AUC of the score against default: {auc:.4f} on {int(known.sum()):,} households with a known outcome"
        )
    else:
        console.print("AUC needs both good and bad outcomes; the file has one kind only")


def _explanation(found: GradedFile, household_id: str, on: date) -> str:
    if household_id not in found.ids:
        raise typer.BadParameter("no row has that id", param_hint="--explain")
    row = found.codes[:, found.ids.index(household_id)]
    codes = {i.id: int(code) for i, code in zip(found.policy.indicators, row, strict=True) if code != MISSING}
    sources = {source.id: Reported(on) for source in found.policy.sources}
    assessed = assess(CreditFile(household_id, "", codes, sources), found.policy, on=on)
    answer = {
        "assessment": binding_of(assessed, certify(found.policy).sha256),
        "path": path_data(path_of(assessed), found.policy),
    }
    return json.dumps(answer, ensure_ascii=False, indent=1)
