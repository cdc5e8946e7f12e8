"""The report as one HTML page: no script, nothing fetched, prints; every number on it is one of the report's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Template

from serving.html_pages import template
from serving.monitoring import plots
from serving.monitoring.alarms import SHOWN
from serving.monitoring.page_words import WORDS

GROUPS = ("population", "challenger", "early", "together", "binding", "fairness")
_GOOD_LAST = {"red": 0, "amber": 1, "green": 2, "too_few": 3, "shown": 4}


def page_of(content: Mapping[str, Any], sha256: str, lang: str) -> str:
    """The page of a report in one language; every text is escaped. sha256: of the report's bytes."""
    groups = {name: [it for it in content["figures"] if it["group"] == name] for name in GROUPS}
    for rows in groups.values():
        rows.sort(key=lambda it: (it["id"], _GOOD_LAST[it["status"]], it["about"]["kind"]))
    return _template().render(
        report=content,
        sha256=sha256,
        lang=lang,
        words=WORDS[lang],
        groups={name: rows for name, rows in groups.items() if rows},
        drawn=plots.all_of(content, WORDS[lang], lang),
    )


def write_page(out: Path, page: str) -> None:
    """Write a page; the file appears whole or not at all."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    part.write_text(page, encoding="utf-8")
    part.replace(out)


@lru_cache(maxsize=1)
def _template() -> Template:
    return template("serving.monitoring", "watch.html", shown=shown)


def shown(value: str | None, unit: str) -> str:
    """A number of the report as people read it; a dash where it could not be had."""
    return "–" if value is None else SHOWN[unit](float(value))
