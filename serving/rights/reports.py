"""The subject's own report: everything that is held about a household, who asked about it, and its rights.

Law: Personal Information Protection Law article 45; Credit Reporting Regulation article 17.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from feature_store.adapters import registers, reports
from feature_store.adapters.store import Moment
from feature_store.filing import INVENTED_COUNTY, civil_day, time_text
from scoring.assess import path_of
from scoring.canonical import canonical
from scoring.decision import binding_of, path_data
from serving.access.callers import Caller
from serving.consents.scope import household_of
from serving.county.area_states import AreaStates
from serving.decisions.decide import State, state_at
from serving.decisions.rights import OF_THE_SUBJECT
from serving.ledger import log
from serving.rights.held_data import data_held, loans_held
from serving.rights.lists import consents_shown, decisions_shown, objections_shown, overrides_shown
from serving.wiring import Parts

FREE_A_YEAR = 2
"""Reports a calendar year that cost nothing: Credit Reporting Regulation article 17."""
SYNTHETIC = {"zh": "合成数据,并非真实农户", "en": "Synthetic data: no real household"}


def issue_report(household_id: str, parts: Parts, areas: AreaStates, *, caller: Caller) -> dict[str, Any]:
    """Record that a report is issued, and give it.

    Raises:
        UnknownHousehold: where it is not there, or outside the caller's area.
        PolicyNotInForce, StoreUnavailable: as a decision.
    """
    with parts.store.moment(parts.clock.now) as moment:
        household = household_of(moment, household_id, caller)
        state = state_at(moment, household_id, parts, areas, caller=None)
        today = civil_day(moment.known_at)
        issued = _issue(moment, household_id, household.household_no, today, caller)
        number = household.household_no
        return {
            **issued,
            **_about(moment, state),
            "state": binding_of(state.assessment, parts.certificates[state.assessment.policy.sha256].sha256),
            "path": path_data(path_of(state.assessment), state.assessment.policy),
            **data_held(moment, state),
            "loans": loans_held(moment, number, state.assessment.policy),
            "decisions": decisions_shown(moment, number, state.assessment.policy),
            "consents": consents_shown(moment, number),
            "objections": objections_shown(moment, number, today),
            "overrides": overrides_shown(moment, number, today),
            "rights": list(OF_THE_SUBJECT),
        }


def _issue(moment: Moment, household_id: str, household_no: int, today: date, caller: Caller) -> dict[str, Any]:
    """Record the report: its row, its number in the year, its entry of the log."""
    report_id = uuid4()
    number = reports.add(
        moment.connection,
        report_id=report_id,
        household_no=household_no,
        year=today.year,
        by=caller.client_id,
        recorded_at=moment.known_at,
    )
    said: dict[str, Any] = {"report_id": str(report_id), "household_id": household_id, "year": today.year}
    said |= {"number_in_year": number, "free": number <= FREE_A_YEAR, "issued_by": caller.client_id}
    log.append(moment.connection, kind="report_issued", recorded_at=moment.known_at, content=canonical(said))
    return said | {"issued_at": time_text(moment.known_at)}


def _about(moment: Moment, state: State) -> dict[str, Any]:
    """Where the household lives, whose rules apply, and whether it is invented."""
    policy, village = state.assessment.policy, state.assessment.file.village_code
    zh, en = registers.villages_of(moment.connection).get(village, (village, village))
    return {
        "county": {"zh": policy.county.zh, "en": policy.county.en},
        "village_code": village,
        "village": {"zh": zh, "en": en},
        "synthetic": SYNTHETIC if village.startswith(INVENTED_COUNTY) else None,
    }
