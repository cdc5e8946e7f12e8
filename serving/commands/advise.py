"""``lushi advise``: the challenger's opinion on the whole county, to a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import numpy as np
import polars
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scoring.batch import STATUSES
from scoring.decision import money
from scoring.terms import Request
from serving.commands.output import OutputUnusable, check_output, write_frame
from serving.county.advise_county import AGREE, DISAGREE, NOT_COMPARED, Opinions, advise_county
from serving.wiring import Parts

NOTE = "advisory, not used in the grade · 仅供参考,不用于评级"
CONTRIBUTION = "contribution:"
"""Begins the name of each column of contributions; the feature's name follows."""
MOST_CNY, MOST_MONTHS = 9_999_999_999, 360


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the command to the program."""

    @app.command("advise")
    def advise(
        on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day in question, e.g. 2021-04-15.")],
        out: Annotated[Path, typer.Option(help="Parquet file to write.")],
        amount: Annotated[
            int, typer.Option(help="Yuan that each household is taken to ask for.", min=1, max=MOST_CNY)
        ] = 30_000,
        term: Annotated[int, typer.Option(help="Term in months.", min=1, max=MOST_MONTHS)] = 24,
        purpose: Annotated[str, typer.Option(help="Purpose, as the policy lists it.")] = "planting",
    ) -> None:
        """What the promoted model says of every household, as known now and were each to ask for the same loan.

        Advisory: it changes no grade, limit or veto, and nothing in the database. One row a household: binding status
        and grade, PD with interval, whether card and model agree, and each feature's contribution in log-odds.
        Example: lushi advise --on 2021-04-15 --out opinions.parquet
        """
        if out.suffix != ".parquet":
            raise OutputUnusable(
                f"{out} does not end in .parquet; name a Parquet file, whose footer says which model spoke and when"
            )
        check_output(out)
        console, loan = Console(), Request(purpose, Decimal(amount), term)
        with console.status("starting") as status:
            found = advise_county(wired(), date(on.year, on.month, on.day), loan, lambda step: status.update(step))
            status.update("writing the file")
            write_frame(frame_of(found), out, about=about_of(found))
        show(found, console)
        console.print(f"意见写入 opinions written to {out}", soft_wrap=True, markup=False)


def frame_of(found: Opinions) -> polars.DataFrame:
    """One row a household; contributions as float64 in calibrated log-odds, which with the base value add up."""
    said, about = found.said, found.challenger.about
    grades, statuses = np.array([*(it.id for it in found.policy.grades), ""]), np.array(STATUSES)
    agreed = polars.Series(found.agreement).replace_strict(
        {AGREE: True, DISAGREE: False, NOT_COMPARED: None}, return_dtype=polars.Boolean
    )
    return polars.DataFrame(
        {
            "household_id": found.people.household_ids,
            "village_code": found.people.villages,
            "status": statuses[found.columns.status],
            "grade": grades[found.columns.grade],
            "pd": said.pd,
            "pd_low": np.array(about.pd_low)[said.band],
            "pd_high": np.array(about.pd_high)[said.band],
            "card_and_model_agree": agreed,
            "outside_support": said.outside,
            "base_value": said.base,
            **{
                f"{CONTRIBUTION}{name}": column for name, column in zip(about.features, said.contributions, strict=True)
            },
        }
    )


def about_of(found: Opinions) -> dict[str, str]:
    """What the file's footer says: which model, which moment, which loan, and that it only advises."""
    model, loan = found.challenger.model, found.loan
    return {
        "note": NOTE,
        "model_version": model.version,
        "model_sha256": model.sha256,
        "feature_set": model.feature_set,
        "feature_set_sha256": model.feature_set_sha256,
        "policy": found.policy.id,
        "policy_sha256": found.policy.sha256,
        "on": found.on.isoformat(),
        "known_at": found.known_at.isoformat(),
        "amount_cny": money(loan.amount_cny),
        "term_months": str(loan.term_months),
        "purpose": loan.purpose,
    }


def show(found: Opinions, console: Console) -> None:
    """Print the summary: PD by binding grade, and how many opinions differ from the card."""
    loan, pd, agreement = found.loan, found.said.pd, found.agreement
    total = max(len(pd), 1)
    console.print(
        f"\n[bold]模型意见 opinions[/], {found.on}, model {escape(found.challenger.model.version)}, {len(pd):,} households, as if"
        f" each asked for {loan.amount_cny:,} yuan, {loan.term_months} months, {loan.purpose}\n{NOTE}",
        soft_wrap=True,
    )
    table = Table("等级 grade", "农户 households", "占比 share", "违约概率 mean PD", "看法不同 disagree")
    for name, rows in _groups(found):
        count = int(rows.sum())
        differ = int((agreement[rows] == DISAGREE).sum())
        compared = bool((agreement[rows] != NOT_COMPARED).any())
        mean = f"{pd[rows].mean():.2%}" if count else "–"
        table.add_row(name, f"{count:,}", f"{count / total:.1%}", mean, f"{differ:,}" if compared else "–")
    console.print(table)
    milder = int(((agreement == DISAGREE) & (found.columns.status == STATUSES.index("graded"))).sum())
    stricter = int((agreement == DISAGREE).sum()) - milder
    console.print(
        f"granted by the card, risky to the model: {milder:,} · refused by the card, safe to the model: {stricter:,} ·"
        f" with a value outside the range seen at training: {int((found.said.outside > 0).sum()):,}",
        soft_wrap=True,
    )


def _groups(found: Opinions) -> list[tuple[str, np.typing.NDArray[np.bool_]]]:
    """The grades, best first, then the statuses of households without one."""
    status, grade = found.columns.status, found.columns.grade
    graded = [(it.id, grade == place) for place, it in reversed(list(enumerate(found.policy.grades)))]
    return graded + [(name, status == place) for place, name in enumerate(STATUSES) if name != "graded"]
