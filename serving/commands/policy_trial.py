"""A trial on the screen: in words first, then the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serving.trying.shown import Shown
from serving.trying.tables import tables_of
from serving.trying.words import Lang


def print_trial(console: Console, data: Mapping[str, Any], lang: Lang) -> None:
    """Print a trial in one language."""
    names = [("草案", "Draft", "draft"), ("现行", "In force", "in_force")]
    for zh, en, key in names:
        said, one = zh if lang == "zh" else en, data[key]
        console.print(f"[bold]{said}:[/] {escape(one[f'title_{lang}'])} ({escape(one['id'])})", soft_wrap=True)
    console.print(("评定日: " if lang == "zh" else "Assessed as on: ") + data["on"])
    for line in data["in_words"][lang]:
        console.print(f"• {escape(line)}", soft_wrap=True)
    for shown in tables_of(data, lang):
        console.print(_table(shown) if shown.header else f"\n[bold]{escape(shown.title)}[/]")
        if shown.note:
            console.print(escape(shown.note), soft_wrap=True)
    console.print(_checks(data, lang), soft_wrap=True)


def _checks(data: Mapping[str, Any], lang: Lang) -> str:
    idle = len(data["checks"]["parts_that_move_nobody"])
    if lang == "zh":
        return f"自检:空修改不改变任何农户;归因之和等于全部变动;各项修改合起来等于草案;{idle}项修改不改变任何农户(见上文)。"
    return (
        "Checked: no change moves nobody; the shares add up to the movement; the changes together give the draft; "
        f"{idle} changes move no household (named above)."
    )


def _widest(name: str) -> int:
    """Columns that a heading needs so that none of its words is broken."""
    return max((cell_len(word) for word in name.split()), default=0)


def _table(shown: Shown) -> Table:
    table = Table(title=shown.title, title_justify="left", box=SIMPLE)
    for place, name in enumerate(shown.header):
        table.add_column(
            escape(name), justify="left" if place == 0 else "right", overflow="fold", min_width=_widest(name)
        )
    for row in shown.rows:
        table.add_row(*(escape(it) for it in row))
    return table
