"""What a training command shows: its progress, the results, the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Shown

from training.gate import RIVALS
from training.model_card.blocks import Format, Number, numbers_of, written
from training.model_card.wording import STATISTICS, SYNTHETIC
from training.pipeline import STEPS
from training.tracking import Kept
from training.trained import Trained

PROMOTED, FAULTS, REFUSED = 0, 1, 3
"""Exit codes; 2 is wrong use."""


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
        table.add_row(words.en.split(":")[0].split(" (")[0], *cells)
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
