"""What a table of a trial is made of."""

from __future__ import annotations

from dataclasses import dataclass

from serving.trying.words import Lang


@dataclass(frozen=True, slots=True)
class Shown:
    """A table: title, header and rows as text, and a note under it ('' for none)."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def pick(lang: Lang, zh: str, en: str) -> str:
    """The wording in a language."""
    return zh if lang == "zh" else en
