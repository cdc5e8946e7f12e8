"""The subject's report as one page to print: Chinese first, English beside it, no script, nothing fetched."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import Template

from feature_store.filing import CIVIL_TIME
from serving.html_pages import template

STATUSES = {
    "graded": "已评级 Graded",
    "below_a": "未达A级 Below A",
    "vetoed": "一票否决 Vetoed",
    "withheld": "暂不评级 Withheld",
}
STATES = {
    "open": "处理中 open",
    "corrected": "已更正 corrected",
    "mark_removed": "维持原值,标注取消 stands, mark removed",
    "recorded_unconfirmed": "无法核实,保留标注 cannot be confirmed, stays marked",
    "proposed": "待复核 proposed",
    "confirmed": "已生效 confirmed",
    "expired": "已失效 expired",
}
ABOUTS = {"datum": "数据 datum", "decision": "决定 decision", "human_review": "人工复核 human review"}
OUTCOMES = {"lend": "同意放款 lend", "decline": "不予放款 decline"}


def page_of(report: dict[str, Any]) -> str:
    """The report as HTML; every text of it is escaped."""
    labels = {row["indicator"]: row["label"] for row in (*report["data"], *report["not_held"])}
    words = {"statuses": STATUSES, "states": STATES, "abouts": ABOUTS, "outcomes": OUTCOMES, "labels": labels}
    return _template().render(report=report, **words)


@lru_cache(maxsize=1)
def _template() -> Template:
    return template("serving.api", "report.html", when=_when)


def _when(moment: str) -> str:
    """A recorded time as people in the county read it."""
    return f"{datetime.fromisoformat(moment).astimezone(CIVIL_TIME):%Y-%m-%d %H:%M}"
