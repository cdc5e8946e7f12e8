"""The watch of a quarter that closes: its report by hash, and the alarms in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from feature_store.filing import civil_day
from feature_store.quarter import BOOKS_OPEN, Quarter
from serving.monitoring.told import watch_and_tell
from serving.quarter.step import Progress, Result
from serving.wiring import Parts


def watch_quarter(parts: Parts, quarter: Quarter, known_at: datetime, progress: Progress) -> Result:
    """Watch on the day after the quarter's books closed; where they were open still, on the day of ``known_at``.

    That day's watch sees what was recorded before it began, which is what was known when the books closed.
    """
    after = quarter.end + BOOKS_OPEN + timedelta(days=1)
    on = after if known_at >= quarter.closing else civil_day(known_at)
    found, _ = watch_and_tell(parts, on, progress)
    told = found.content
    return {
        "on": on.isoformat(),
        "report_sha256": found.report.sha256,
        "counts": told["counts"],
        "alarms": [
            {"figure": it["figure"], "level": it["level"], "since": it["since"]}
            | {"zh": it["lines"]["zh"][0], "en": it["lines"]["en"][0]}
            for it in told["alarms"]
        ],
    }
