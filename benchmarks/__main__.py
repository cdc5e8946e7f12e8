"""``python -m benchmarks``: what is fast, with its goal beside it; ``--only real`` and ``--only truth``: what is reached."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    advising,
    county,
    grading,
    load,
    loan_books,
    opinion,
    pages,
    point_in_time,
    real,
    steps,
    training,
    truth,
    trying,
    watch_shown,
)
from benchmarks.load_county import KEPT, load_county
from benchmarks.measure import Paired
from benchmarks.stored import stored
from benchmarks.watching import SCENARIOS
from scoring.policy.load import ROOT
from scoring.policy.load import load as load_policy

DATA = Path("..") / "shared" / "data"
WATCHED = Path("var") / "watched"
ROUNDS = 6
"""Quarters of the county that the point-in-time set and the opinions are measured on."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description="What is fast, as ratios against peers in one run.",
        epilog="What the challenger reaches takes minutes and runs only when named: 'real' trains on the two real sets "
        "in --data, 'truth' on a synthetic county whose true chances are known, 'watch' lives through synthetic counties with and "
        f"without a planted cause, 'books' watches their loan books alone. Where {KEPT} names a folder, the county that "
        "'load' and 'pages' need is kept in it.",
    )
    parser.add_argument("--households", type=int, default=107_000, help="size of the synthetic county (default 107000)")
    parser.add_argument(
        "--only",
        choices=(
            "grading",
            "county",
            "challenger",
            "trying",
            "load",
            "pages",
            "real",
            "truth",
            "watch",
            "books",
        ),
        help="one part alone",
    )
    parser.add_argument("--data", type=Path, default=DATA, help=f"folder of the real sets (default {DATA})")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS), help="of 'watch': which, with commas (default all)")
    parser.add_argument(
        "--seeds", default="1-1", help="of 'watch' and 'books': the first and the last seed, as 1-20 (default 1-1)"
    )
    parser.add_argument(
        "--results", type=Path, default=WATCHED, help=f"of 'watch': folder that keeps what is done (default {WATCHED})"
    )
    asked = parser.parse_args()
    kept = os.environ.pop(KEPT, None)  # no setting of the service, which refuses what it does not know
    console = Console(width=max(Console().width, 150))
    policy = load_policy(ROOT / "lushi" / "2017-04-01")
    if asked.only in (None, "grading"):
        table = Table(
            "what", "ours", "peer", "peer / ours (min – max)", "goal", "same answers", title="the binding grade"
        )
        with console.status("grading"):
            columns, same_columns = grading.columns(policy, asked.households)
            one, same_one = grading.one(policy)
            median, most = grading.path(policy)
        what = f"{asked.households:,} x 144 points with heading totals, against pandas.cut"
        table.add_row(what, *_cells(columns), "≥ 10", _yes(same_columns))
        table.add_row("one household with full trace, against zen-engine", *_cells(one), "≥ 20", _yes(same_one))
        table.add_row(
            "exact path to the next grade", f"{median:.2f} ms median, {most:.2f} ms most", "–", "–", "≤ 10 ms", "–"
        )
        console.print(table)
    if asked.only in (None, "county"):
        table = Table(
            "one full round of a synthetic county", "seconds", "memory", "against pandas only reading", "goal"
        )
        for format in ("csv", "parquet"):
            with console.status(f"importing and grading {asked.households:,} households from {format}"):
                found = county.measure(asked.households, format)
            ratio = f"{found.imported.seconds / found.read_seconds:.1f} times its time" if found.read_seconds else "–"
            table.add_row(f"import from {format}", *_ran(found.imported), ratio, "≤ 90 s, ≤ 2 GB")
            table.add_row("grade, read and written", *_ran(found.graded), "–", "≤ 15 s")
        console.print(table)

    if asked.only in (None, "challenger"):
        _challenger(console, asked.households)
    if asked.only in (None, "trying"):
        _trying(console, asked.households)
    if asked.only in (None, "load"):
        with console.status("making the county that is loaded") as status, load_county(asked.households, kept) as made:
            load.show(load.measure(made, status.update), asked.households, console)
            status.update("where the time of a call goes")
            steps.show(steps.measure(made), console)
    if asked.only in (None, "pages"):
        with console.status("making the county") as status, load_county(asked.households, kept) as made:
            pages.show(pages.measure(made, status.update), asked.households, console)
    _reached(console, asked)


def _reached(console: Console, asked: argparse.Namespace) -> None:
    """What runs only when named: what the challenger and the watch reach."""
    if asked.only == "real":
        real.show(asked.data, console)
    if asked.only == "truth":
        _truth(console, asked.households)
    if asked.only == "watch":
        _watch(console, asked)
    if asked.only == "books":
        loan_books.run(console, households=asked.households, seeds=_seeds(asked))


def _challenger(console: Console, households: int) -> None:
    """The point-in-time set, the training pipeline and the opinion."""
    table = Table("what", "ours", "peer", "ours / peer", "goal", title="the challenger")
    with console.status("starting") as status, stored(households, rounds=ROUNDS, progress=status.update) as made:
        status.update("point-in-time set")
        found = point_in_time.measure(made.store)
        status.update("the county's opinions")
        advised = advising.measure(made.store)
    table.add_row(f"point-in-time set of {found.rows:,} rows with history", f"{found.seconds:.1f} s", "–", "–", "≤ 5 s")
    _advised(table, advised)
    with console.status("training"):
        cost = training.cost()
    ratio = f"{cost.ratio:.2f} ({cost.low:.2f} – {cost.high:.2f})"
    seconds = f"{cost.pipeline:.1f} s", f"{cost.fit:.1f} s"
    table.add_row("training pipeline without bootstraps, against a bare fit", *seconds, ratio, "≤ 2")
    with console.status("opinion"):
        said = opinion.one()
    table.add_row("opinion for one household, against bare predict", *_opinion(said.computed), "≤ 1.3")
    table.add_row("the same as a decision asks: on the model's own thread, in time", *_opinion(said.asked), "≤ 1.3")
    console.print(table)


def _advised(table: Table, found: advising.Advised) -> None:
    what = f"opinions with contributions for {found.households:,} households, from the store to a Parquet file"
    table.add_row(what, f"{found.seconds:.1f} s ({found.cpu_seconds:.1f} s CPU), {found.file_mb:.0f} MB", "–", "–", "–")
    ran = found.arithmetic
    ratio = f"{ran.ratio:.2f} ({ran.low:.2f} – {ran.high:.2f})"
    what = f"the same without reading and writing, {found.rows:,} households, against bare predict with contributions"
    table.add_row(what, f"{ran.ours:.2f} s", f"{ran.peer:.2f} s", ratio, "≤ 1.1")


def _trying(console: Console, households: int) -> None:
    """Drafts tried on the whole county."""
    table = Table("a draft tried on a synthetic county", "attributed", "households that move", "seconds", "goal")
    with console.status("starting") as status, stored(households, rounds=ROUNDS, progress=status.update) as made:
        status.update("trying drafts")
        found = trying.measure(made.store)
    for it in found:
        table.add_row(it.what, it.method, f"{it.moved:,} of {it.households:,}", f"{it.seconds:.1f}", "≤ 20 s")
    console.print(table)


def _truth(console: Console, households: int) -> None:
    with console.status("starting") as status, stored(households, progress=status.update) as made:
        found = truth.measure(made.store, made.true_pd, progress=status.update)
    truth.show(found, households, console)


def _watch(console: Console, asked: argparse.Namespace) -> None:
    import lushi

    watch_shown.run(
        console,
        households=asked.households,
        scenarios=asked.scenarios.split(","),
        seeds=_seeds(asked),
        folder=asked.results,
        train=lushi.train_known,
    )


def _seeds(asked: argparse.Namespace) -> range:
    first, _, last = asked.seeds.partition("-")
    return range(int(first), int(last or first) + 1)


def _cells(paired: Paired) -> tuple[str, str, str]:
    ratio = f"{paired.ratio:.1f} ({paired.low:.1f} – {paired.high:.1f})"
    return f"{paired.ours * 1000:.3f} ms", f"{paired.peer * 1000:.3f} ms", ratio


def _opinion(asked: Paired) -> tuple[str, str, str]:
    ratio = f"{asked.ratio:.2f} ({asked.low:.2f} – {asked.high:.2f})"
    return f"{asked.ours * 1000:.3f} ms", f"{asked.peer * 1000:.3f} ms", ratio


def _ran(ran: county.Ran) -> tuple[str, str]:
    return f"{ran.seconds:.1f}", f"{ran.memory_mb:,.0f} MB"


def _yes(same: bool) -> str:
    return "yes" if same else "NO"


if __name__ == "__main__":
    main()
