"""A report of the watch on the terminal, and the options that its commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

Html = Annotated[Path | None, typer.Option(help="Also write the report as one HTML page.", show_default=False)]

_COLOURS = {"red": "red", "amber": "yellow"}


class Language(StrEnum):
    """The language of lines and page."""

    zh = "zh"
    en = "en"


Lang = Annotated[Language, typer.Option(help="Language of the lines and the page: zh or en.")]


def tell(content: Mapping[str, Any], console: Console, lang: str) -> None:
    """Print the counts and every alarm."""
    if content["synthetic"]:
        console.print("合成数据 · synthetic data: nobody here exists", style="bold")
    counts = content["counts"]
    console.print(
        f"{content['period']['name']}: {counts['red']} red, {counts['amber']} amber, {counts['green']} green,"
        f" {counts['too_few']} too few rows, {counts['shown']} only shown",
        highlight=False,
    )
    alarms: Sequence[Mapping[str, Any]] = content["alarms"]
    for alarm in alarms:
        first, *others = alarm["lines"][lang]
        console.print(f"[{_COLOURS[alarm['level']]}]{escape(first)}[/]", soft_wrap=True, highlight=False)
        for line in others:
            console.print(f"  {escape(line)}", soft_wrap=True, highlight=False)
    if not alarms:
        console.print({"zh": "没有警报", "en": "no alarm"}[lang])
    console.print(content["blind"][lang], style="dim", soft_wrap=True, highlight=False)
    if spot := content.get("blind_spot"):  # a report of before there was one has none
        console.print(spot[lang], soft_wrap=True, highlight=False)
