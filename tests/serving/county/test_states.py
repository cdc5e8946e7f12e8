"""What the service says as facts arrive: staleness, vetoes, stops, late and corrected filings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID

import polars
import pytest

from feature_store.adapters.import_file import Imported, import_file
from feature_store.filing import CIVIL_TIME
from serving.county.areas import ReleaseRefused, area_stops, release_area
from serving.replay.again import replay
from tests.serving.served import NOW, Served, ask, give_consents


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county that these tests import into; the clock only moves forward."""
    return make_county()


def _file(own: Served, name: str, rows: dict[str, list[object]], *, source: str, on: date) -> Imported:
    """Import a listed file recorded a minute after the last moment."""
    path = own.folder / f"{name}.csv"
    polars.DataFrame(rows).write_csv(path)
    Path(f"{path}.batch.yaml").write_text(f"source: {source}\nobserved_on: {on}\ncoverage: listed\n", encoding="utf-8")
    done = import_file(own.parts.store, path, policies=own.parts.policies, now=own.clock.now, id_key=own.parts.id_key)
    assert done.outcome == "imported", done.faults
    return done


def _at(own: Served, day: date, hour: int = 9) -> None:
    own.clock.moment = datetime.combine(day, time(hour), CIVIL_TIME)


def _binding(own: Served, household_id: str) -> dict:  # type: ignore[type-arg]
    return own.client.post("/v1/decisions", json=ask(household_id)).json()["binding"]


def _offered(own: Served) -> str:
    """A household that is graded and offered a loan now."""
    return next(one for one in own.ids() if _binding(own, one)["terms"]["offered"])


def _court(own: Served, household_id: str, **values: str) -> dict[str, list[object]]:
    policy = own.parts.policies.latest
    names = [indicator.id for indicator in policy.indicators if indicator.source == "court"]
    return {"household_id": [household_id], **{name: [values.get(name, "none")] for name in names}}


def test_a_court_filing_vetoes_and_a_correction_lifts_it(own: Served) -> None:
    household_id = _offered(own)
    _file(own, "court-1", _court(own, household_id, dishonest_debtor="open"), source="court", on=date(2017, 4, 10))
    vetoed = _binding(own, household_id)
    assert vetoed["status"] == "vetoed"
    assert [one["id"] for one in vetoed["vetoes"]["fired"]] == ["dishonest_debtor"]
    assert vetoed["grade"] is None
    assert vetoed["grade_without_vetoes"] is not None
    assert vetoed["limit_cny"] == "0.00"
    assert not vetoed["terms"]["offered"]
    # A late old filing never replaces a newer one.
    _file(own, "court-2", _court(own, household_id), source="court", on=date(2017, 4, 1))
    assert _binding(own, household_id)["status"] == "vetoed"
    _file(own, "court-3", _court(own, household_id), source="court", on=date(2017, 4, 10))
    assert _binding(own, household_id)["status"] == "graded"


def test_a_village_over_the_line_is_stopped_and_its_grade_stays(own: Served) -> None:
    household_id = _offered(own)
    village, before = household_id.split("-")[0], _binding(own, household_id)
    neighbours = [one for one in own.ids() if one.startswith(village)]
    decided = own.client.post("/v1/decisions", json=ask(household_id)).json()["decision_id"]
    _file(
        own,
        "loans-1",
        {
            "loan_id": ["STOP-1"], "household_id": [neighbours[-1]], "bank": ["rcb"], "disbursed_on": ["2016-01-05"],
            "amount_cny": ["900000"], "term_months": [36], "purpose": ["livestock"],
        },
        source="loans",
        on=date(2017, 4, 15),
    )  # fmt: skip
    months = {"loan_id": ["STOP-1"], "month_end": ["2017-03-31"], "balance_cny": ["900000"], "days_past_due": ["91"]}
    _file(own, "months-1", months, source="loan_months", on=date(2017, 4, 15))
    stopped = _binding(own, household_id)
    assert stopped["area_control"]["village"]["stopped"]
    assert next(one["id"] for one in stopped["terms"]["blocks"]) == "village_stopped"
    assert not stopped["terms"]["offered"]
    assert (stopped["status"], stopped["grade"], stopped["score"]) == (
        before["status"],
        before["grade"],
        before["score"],
    )
    assert replay(UUID(decided), own.parts).identical, "a stop recorded later changes no recorded decision"
    with pytest.raises(ReleaseRefused, match="month ends in a row"):
        release_area(own.parts, village, by="Li", second="Wang", why="settled")
    # Two clear month ends, then a signature.
    clear = {
        "loan_id": ["STOP-1"] * 2, "month_end": ["2017-04-30", "2017-05-31"], "balance_cny": ["900000"] * 2, "days_past_due": ["0"] * 2,
    }  # fmt: skip
    _at(own, date(2017, 6, 5))
    _file(own, "months-2", clear, source="loan_months", on=date(2017, 6, 1))
    waiting = _binding(own, household_id)["area_control"]["village"]
    assert waiting["stopped"]
    assert waiting["awaiting_sign_off"]
    for by, second, why in (("Li", "li ", "settled"), ("Li", "", "settled"), ("Li", "Wang", " ")):
        with pytest.raises(ReleaseRefused):
            release_area(own.parts, village, by=by, second=second, why=why)
    with pytest.raises(ReleaseRefused, match="no such"):
        release_area(own.parts, "999999999999", by="Li", second="Wang", why="settled")
    assert {one.code for one in area_stops(own.parts, date(2017, 6, 5)) if one.stop.stopped} >= {village}
    release_area(own.parts, village, by="Li", second="Wang", why="settled")
    with pytest.raises(ReleaseRefused, match="not stopped"):
        release_area(own.parts, village, by="Li", second="Wang", why="settled")
    assert not _binding(own, household_id)["area_control"]["village"]["stopped"]


def test_stale_sources_withhold_and_say_which(own: Served) -> None:
    household_id = _offered(own)
    _at(own, date(2017, 12, 31))
    binding = _binding(own, household_id)
    assert binding["status"] == "withheld"
    assert {"source_stale"} <= {reason["id"] for reason in binding["reasons"]}
    assert binding["score"] is None
    assert binding["limit_cny"] == "0.00"
    assert binding["ask"]


def test_a_household_without_filings_is_withheld_whatever_the_base_points(own: Served) -> None:
    village = own.ids()[0].split("-")[0]
    _file(
        own,
        "households-1",
        {"household_id": [f"{village}-9999"], "village_code": [village], "id_number": [""]},
        source="households",
        on=date(2017, 12, 1),
    )
    give_consents(own.parts, f"{village}-9999")
    binding = _binding(own, f"{village}-9999")
    assert binding["status"] == "withheld"
    assert "vetoed" in binding["possible"]
    assert own.clock.moment > NOW
