"""Counties lived through, as a table: which quarters were red, what the first alarm after the planted cause names, and false alarms in quiet ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.lent_version import HOUSEHOLDS, lent_version
from benchmarks.watching import SCENARIOS, Watched, keep, kept, watched
from serving.quarter.step import Train

MOST_RED = 1 / 80
"""At most one red quarter in 20 quiet years of four."""


def run(
    console: Console,
    *,
    households: int,
    scenarios: Sequence[str],
    seeds: Sequence[int],
    folder: Path,
    train: Train,
) -> None:
    """Live through every county that the folder of results does not hold yet, then print all of those asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    results = folder / "watched.jsonl"
    found = kept(results)
    with console.status("starting") as status:
        lent = lent_version(folder, train, status.update)
        for scenario in scenarios:
            for seed in seeds:
                if any((it.scenario, it.seed, it.households) == (scenario, seed, households) for it in found):
                    continue
                one = watched(scenario, seed, households=households, lent=lent, progress=status.update)
                found.append(one)
                keep(results, one)
    asked = [
        it for it in found if it.households == households and it.scenario in scenarios and it.seed in seeds
    ]  # fmt: skip
    show(asked, households, console)


def show(found: Sequence[Watched], households: int, console: Console) -> None:
    """Print each county's red quarters, and how many quarters of quiet counties have one."""
    table = Table(
        "scenario", "seed", "quarters", "red before the cause", "cause", "first red from then on", "which alarms", "named in their first three lines",
        title=f"synthetic counties of {households:,} households, lived through", show_lines=True,
    )  # fmt: skip
    for one in sorted(found, key=lambda it: (SCENARIOS.index(it.scenario), it.seed)):
        table.add_row(*_row(one))
    console.print(table)
    console.print(
        f"watched under one version, trained on another quiet synthetic county of {HOUSEHOLDS:,} households and passed by its gate"
    )
    for one in found:
        for quarter, said in one.blind_spots.items():
            console.print(f"{one.scenario}, seed {one.seed}, {quarter}: {said}")
    quiet = [one for one in found if one.scenario == "quiet"]
    if quiet:
        quarters, red = sum(len(one.alarms) for one in quiet), sum(len(one.red()) for one in quiet)
        console.print(
            f"red in {red} of {quarters} quarters ({quarters / 4:.0f} years) of {len(quiet)} quiet counties "
            f"(goal: at most 1 in 20 years; {'kept' if red <= quarters * MOST_RED else 'NOT kept'})"
        )


def _row(one: Watched) -> tuple[str, ...]:
    red = one.red()
    early = [it for it in red if not one.begins or it < one.begins]
    after = [it for it in red if it not in early]
    said = [it for it in one.alarms[after[0]] if it.level == "red"] if after else []
    lines = " ".join(it.says for it in said)
    named = [word for word in one.words if word in lines]
    return (
        one.scenario, str(one.seed), str(len(one.alarms)), ", ".join(early) or "–", one.begins or "–",
        after[0] if after else "–" if not one.begins else "never",
        "; ".join(f"{it.figure} ({it.kind})" for it in said) or "–",
        f"{len(named)} of {len(one.words)}: {', '.join(named)}" if said else "–",
    )  # fmt: skip
