"""A trial as one page to print: no script, nothing fetched, every figure from the same tables as the screen's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template

from serving.html_pages import template
from serving.trying.tables import tables_of
from serving.trying.words import Lang


def page_of(data: Mapping[str, Any], lang: Lang) -> str:
    """The page in one language; every text of it is escaped."""
    words = data["in_words"][lang]
    said = words[1:] if data["synthetic"] else words
    return _template().render(data=data, lang=lang, said=said, tables=tables_of(data, lang))


@lru_cache(maxsize=1)
def _template() -> Template:
    return template("serving.trying", "trial.html")
