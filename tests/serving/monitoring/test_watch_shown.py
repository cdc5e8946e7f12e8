"""The benchmark of the watch: what is kept comes back, half a line is no county, and quiet quarters are counted."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from benchmarks.watch_shown import show
from benchmarks.watching import Said, Watched, keep, kept

RED = Said("red", "early.excess", "township", "Red: … Songxi township (synthetic) …")
AMBER = Said("amber", "early.excess", "whole", "Amber: …")


def _county(scenario: str, seed: int, alarms: dict[str, tuple[Said, ...]], **changes: object) -> Watched:
    given = {"begins": "", "words": (), "seconds": 1.0, "blind_spots": {}} | changes
    return Watched(scenario, seed, 1000, alarms=alarms, **given)  # type: ignore[arg-type]


def test_counties_come_back_as_they_were_kept_and_a_cut_line_does_not(tmp_path: Path) -> None:
    file = tmp_path / "watched.jsonl"
    assert kept(file) == []
    made = [
        _county("quiet", 1, {"2020Q1": (AMBER,), "2020Q2": ()}),
        _county("shock", 2, {"2020Q3": (RED,)}, words=("a", "b")),
    ]
    for one in made:
        keep(file, one)
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole + whole[:50], encoding="utf-8")
    assert kept(file) == made
    keep(file, made[0])
    assert kept(file) == [*made, made[0]]


def test_the_table_counts_quiet_quarters_and_names_what_the_first_red_names() -> None:
    console = Console(width=250, record=True)
    quiet = _county(
        "quiet", 1, {f"{year}Q{n}": () for year in range(2000, 2020) for n in range(1, 5)} | {"2019Q4": (RED,)}
    )
    shock = _county(
        "shock", 1, {"2019Q4": (RED,), "2020Q2": (AMBER,), "2020Q3": (RED,)}, begins="2020Q2",
        words=("Songxi township", "Jintai township"), blind_spots={"2020Q3": "the estimate sees no rise"},
    )  # fmt: skip
    show([shock, quiet], 1000, console)
    said = console.export_text()
    assert "red in 1 of 80 quarters (20 years) of 1 quiet counties (goal: at most 1 in 20 years; kept)" in said
    (row,) = [line for line in said.splitlines() if "│ shock" in line]
    cells = [it.strip() for it in row.split("│")][1:-1]
    assert cells == [
        "shock", "1", "3", "2019Q4", "2020Q2", "2020Q3", "early.excess (township)", "1 of 2: Songxi township",
    ]  # fmt: skip
    assert "shock, seed 1, 2020Q3: the estimate sees no rise" in said
    show([_county("quiet", 1, {"2019Q4": (RED,)})], 1000, console)
    assert "NOT kept" in console.export_text()
