"""The commands ``lushi train ...``; the county's is added by whoever calls :func:`register`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Shown

from scoring.errors import LushiError
from training.gate import RIVALS
from training.model_card.blocks import Format, Number, numbers_of, written
from training.model_card.wording import STATISTICS, SYNTHETIC
from training.pipeline import STEPS
from training.table_run import FIGURES, Asked, as_json, run
from training.tracking import Kept, Record
from training.trained import Trained

PROMOTED, FAULTS, REFUSED = 0, 1, 3
"""Exit codes; 2 is wrong use."""
DEFAULT_OUT = Path("var") / "train"


def register(
    app: typer.Typer,
    record: Callable[[], Record],
    now: Callable[[], datetime],
    *,
    county: Callable[[typer.Typer], None] | None = None,
) -> None:
    """Add ``train`` with ``train table``; ``county`` may add to it how the county's own challenger is trained."""
    train = typer.Typer(
        name="train", help="Train a challenger and put it to the gate. 训练挑战者模型", no_args_is_help=county is None
    )
    if county is not None:
        county(train)
    else:  # one command alone would lose its name

        @train.callback()
        def only() -> None:
            """Train a challenger and put it to the gate. 训练挑战者模型"""

    @train.command("table")
    def table(
        data: Annotated[
            Path, typer.Argument(help="CSV, CSV.GZ, Parquet or XLSX.", exists=True, dir_okay=False, show_default=False)
        ],
        spec: Annotated[
            Path, typer.Option(help="YAML: what is what in the table.", exists=True, dir_okay=False, show_default=False)
        ],
        out: Annotated[Path | None, typer.Option(help="Folder for model, card and metrics.", file_okay=False)] = None,
        json: Annotated[Path | None, typer.Option(help="Also write the metrics here.", dir_okay=False)] = None,
        seed: Annotated[int | None, typer.Option(help="Instead of the spec's, else 42.", min=0, max=2**31 - 2)] = None,
        search: Annotated[
            int, typer.Option(help="Parameter sets tried inside each training window.", min=0, max=50)
        ] = 0,
        previous: Annotated[
            Path | None, typer.Option(help="Folder of a model version to compare with.", exists=True, file_okay=False)
        ] = None,
        into_registry: Annotated[
            bool, typer.Option("--register", help="Register the model as a version, with its verdict.")
        ] = False,
        recorded: Annotated[bool, typer.Option("--record/--no-record", help="Keep the run in MLflow's store.")] = True,
    ) -> None:
        """Train on any flat table with outcomes, judge, and write model, card and metrics.

        Exit code: 0 the gate promotes, 3 it refuses (every reason is shown), 1 faults in spec or table, 2 wrong use.
        Example: lushi train table clients.csv.gz --spec clients.yaml --out try
        """
        if into_registry and not recorded:
            raise typer.BadParameter("a version needs a recorded run; leave out --no-record", param_hint="--register")
        where = out if out is not None else DEFAULT_OUT / spec.stem
        kept_in = record() if recorded else None
        asked = Asked(data, spec, where, seed, search, previous, kept_in, into_registry)
        console = Console()
        try:
            with steps(Console(stderr=True)) as progress:
                trained, kept = run(asked, now=now(), progress=progress)
            if json is not None:
                json.write_text(as_json(trained), encoding="utf-8")
        except (LushiError, OSError) as error:
            says = str(error) if isinstance(error, LushiError) else f"cannot be written ({error.strerror})"
            Console(stderr=True).print(escape(says), soft_wrap=True)
            raise typer.Exit(FAULTS) from error
        show(trained, kept, console)
        console.print(f"model, card and {FIGURES} are in {escape(str(where))}", soft_wrap=True)
        raise typer.Exit(PROMOTED if trained.gate.verdict == "promote" else REFUSED)

    app.add_typer(train)


@contextmanager
def steps(console: Console) -> Iterator[Callable[[str], None]]:
    """A progress display of the pipeline's steps; gives what the pipeline calls at each."""
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    names = ("read", *STEPS, "write", "record")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("read", total=len(names))

        def progress(step: str) -> None:
            place = names.index(step) if step in names else 0
            bar.update(task, description=step, completed=place)

        yield progress


def show(trained: Trained, kept: Kept | None, console: Console) -> None:
    """Print results, comparisons and the verdict."""
    figures, rivals = trained.figures, tuple(trained.verdicts)
    console.print(
        f"[bold]{escape(trained.table.name)}[/]: {figures['train.rows']:,.0f} rows trained, "
        f"{figures['judged.rows']:,.0f} judged, {figures['judged.bad_rate']:.1%} bad",
        soft_wrap=True,
    )
    if trained.table.synthetic:
        console.print(f"[bold]{SYNTHETIC[0].zh} · {SYNTHETIC[0].en}:[/] {SYNTHETIC[1].en}", soft_wrap=True)
    table = Shown("", "challenger (95 %)", *(escape(RIVALS[it].en) for it in rivals))
    for name, format, words in STATISTICS:
        cells = [_cell(figures, f"overall.{name}", format, interval=True)]
        cells += [_cell(figures, f"rival.{it}.{name}", format) for it in rivals]
        table.add_row(words.en, *cells)
    console.print(table)
    for it, verdict in trained.verdicts.items():
        difference = _cell(figures, f"rival.{it}.auc_difference", "four", interval=True)
        console.print(f"against {RIVALS[it].en}: [bold]{verdict}[/], AUC {difference}", soft_wrap=True)
    if kept is not None:
        console.print(f"run {kept.run_id}" + (f", version {kept.version}" if kept.version else ""), soft_wrap=True)
    if not trained.gate.reasons:
        console.print("[bold green]通过 promote[/]: two people may now promote it")
        return
    console.print("[bold red]拒绝 refuse[/]")
    for reason in trained.gate.reasons:
        console.print(f"- {escape(reason.says.zh)} · {escape(reason.says.en)}", soft_wrap=True)


def _cell(figures: Mapping[str, float], name: str, format: Format, *, interval: bool = False) -> str:
    found = [written(value, format) for _, value in numbers_of(Number(name, format, interval), figures)]
    if not found:
        return "–"
    return found[0] + (f" ({found[1]} – {found[2]})" if len(found) == 3 else "")
