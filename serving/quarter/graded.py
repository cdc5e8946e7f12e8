"""The quarter's grade register: written once as known at the knowledge time, found again where it is there."""

from __future__ import annotations

from feature_store.adapters import registers
from feature_store.adapters.registers import Run
from feature_store.adapters.store import Moment
from feature_store.filing import INVENTED_COUNTY
from scoring.batch import STATUSES
from scoring.errors import LushiError
from serving.county.grade_county import GRADED, grade_county
from serving.quarter.step import Result, Work


def grade(work: Work) -> Result:
    """The register of the quarter's last day: households by status and grade, credit villages, who moved."""
    on, store = work.quarter.end, work.parts.store
    with store.looking(work.known_at) as moment:
        run = _run(moment, work)
    if run is None:
        grade_county(work.parts, on, work.progress, known_at=work.known_at)
    with store.looking(work.known_at) as moment:
        run = _run(moment, work)
        if run is None:
            raise LushiError(f"the register of {on.isoformat()} was written and is not there; check the database")
        last = registers.last_run(moment.connection, before_quarter=run.quarter, before_run=run.run_no)
        rows = registers.movement(moment.connection, run)
        summary = registers.summary_of(moment.connection, run)
        synthetic = registers.holds(moment.connection, run, within=INVENTED_COUNTY)
    return {
        "on": on.isoformat(),
        **summary,
        "synthetic": synthetic,
        "previous_quarter": last.quarter if last else None,
        "moved": _moved(rows),
    }


def _run(moment: Moment, work: Work) -> Run | None:
    on, sha256 = work.quarter.end, work.policy.sha256
    return registers.run_of(moment.connection, on=on, known_at=work.known_at, policy_sha256=sha256)


def _moved(rows: list[tuple[int, int, int, int]]) -> dict[str, int]:
    """Households by what became of their grade since the register before; new ones apart."""
    found = dict.fromkeys(("new", "same", "up", "down", "gained", "lost"), 0)
    for status, before, now, count in rows:
        if status < 0 or (before < 0 and STATUSES[status] == STATUSES[GRADED]):
            found["new"] += count  # of another policy's grade, too: it cannot be compared
        elif before == now:
            found["same"] += count
        elif before < 0:
            found["gained"] += count
        elif now < 0:
            found["lost"] += count
        else:
            found["up" if now > before else "down"] += count
    return found
