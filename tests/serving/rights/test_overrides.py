"""Overrides: two people, a cause and an expiry, beside the decision; never lending over a veto or a stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import polars
import pytest

from feature_store.adapters.import_file import import_file
from feature_store.filing import CIVIL_TIME
from serving.access.roles import Role
from serving.ledger.verify import verify
from serving.replay.again import replay
from tests.serving.served import NOW, Served, ask, consent_of
from verify.check import leaf_of

TODAY = NOW.date()


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county on whose decisions clerks put overrides."""
    return make_county()


def _clerk(own: Served, tenant: str = "bank-a") -> dict[str, str]:
    return own.key(Role.CLERK, tenant)


def _body(**changes: Any) -> dict[str, Any]:
    return {"outcome": "lend", "why": "a guarantor stepped in", "expires_on": "2017-05-20", **changes}


def _decided(own: Served, status: str, start: int = 0) -> dict[str, Any]:
    """A decision of that status whose area is not stopped."""
    for household in own.ids()[start:]:
        found: dict[str, Any] = own.client.post("/v1/decisions", json=ask(household)).json()
        area = found["binding"]["area_control"]
        if found["binding"]["status"] == status and not (area["village"]["stopped"] or area["township"]["stopped"]):
            return found
    raise AssertionError("none")


def _propose(own: Served, decision: dict[str, Any], header: dict[str, str], **changes: Any) -> Any:
    return own.client.post(f"/v1/decisions/{decision['decision_id']}/overrides", json=_body(**changes), headers=header)


def _confirm(own: Served, override_id: str, header: dict[str, str]) -> Any:
    return own.client.post(f"/v1/overrides/{override_id}/confirmation", json={}, headers=header)


def test_two_people_override_beside_the_grade_and_nothing_recorded_changes(own: Served) -> None:
    decision = _decided(own, "below_a")
    one, other = _clerk(own), _clerk(own)
    proposed = _propose(own, decision, one, limit_cny="20000")
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed"), proposed.text
    override = proposed.json()["override_id"]
    same = _confirm(own, override, one)
    assert (same.status_code, same.json()["type"]) == (403, "urn:lushi:problem:second-person")
    assert _confirm(own, override, _clerk(own, "bank-b")).status_code == 404
    done = _confirm(own, override, other)
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert done.json()["by"] != done.json()["second"]
    assert _confirm(own, override, _clerk(own)).status_code == 409
    address = f"/v1/decisions/{decision['decision_id']}"
    now = own.client.get(address).json()
    assert now["afterwards"] == {"marks": [], "overrides": [done.json()], "closing": None}
    assert {name: now[name] for name in now if name != "afterwards"} == decision
    assert leaf_of(now) == leaf_of(decision)
    assert replay(UUID(decision["decision_id"]), own.parts).identical
    query = "SELECT kind, content FROM log_entries JOIN log_contents USING (index) WHERE kind IN ('override', 'override_proposed') ORDER BY index"
    with own.parts.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(query).all()
    assert [row.kind for row in rows][:2] == ["override_proposed", "override"]
    said = json.loads(bytes(rows[1].content))
    assert (said["by"], said["second"]) == (done.json()["by"], done.json()["second"])
    assert (said["why"], said["expires_on"], said["limit_cny"]) == ("a guarantor stepped in", "2017-05-20", "20000.00")
    with own.parts.store.looking(own.clock.now()) as moment:
        assert verify(moment.connection, own.parts.signer).faults == []


def test_only_people_of_the_bank_whose_decision_it_is(own: Served) -> None:
    decision = _decided(own, "graded")
    assert _propose(own, decision, own.key(Role.BANK, "bank-a")).status_code == 403, "a program is no person"
    hidden = _propose(own, decision, _clerk(own, "bank-b"))
    missing = _propose(own, {"decision_id": str(uuid4())}, _clerk(own, "bank-b"))
    assert (hidden.status_code, hidden.json()) == (404, missing.json())


def test_nobody_lends_over_a_veto_but_may_decline(own: Served) -> None:
    decision = _decided(own, "vetoed")
    refused = _propose(own, decision, _clerk(own))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:lushi:problem:override-refused")
    assert "/v1/objections" in refused.json()["detail"]
    assert _propose(own, decision, _clerk(own), outcome="decline").status_code == 201


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"expires_on": TODAY.isoformat()}, "body.expires_on"),
        ({"expires_on": (TODAY + timedelta(days=91)).isoformat()}, "body.expires_on"),
        ({"outcome": "decline", "limit_cny": 10}, "body.limit_cny"),
        ({"limit_cny": 10_000_000}, "body.limit_cny"),
        ({"limit_cny": 0}, "body.limit_cny"),
        ({"why": "  "}, "body.why"),
        ({"outcome": "double"}, "body.outcome"),
    ],
)
def test_what_cannot_be_is_refused(own: Served, changes: dict[str, Any], where: str) -> None:
    answer = _propose(own, _decided(own, "graded"), _clerk(own), **changes)
    assert answer.status_code == 422, answer.text
    assert [it["where"] for it in answer.json()["errors"]] == [where]


@pytest.mark.parametrize("days", [1, 90])
def test_the_first_and_the_last_day_on_which_it_may_end(own: Served, days: int) -> None:
    ends = (TODAY + timedelta(days=days)).isoformat()
    assert _propose(own, _decided(own, "graded"), _clerk(own), expires_on=ends).status_code == 201


def _import(own: Served, name: str, rows: dict[str, list[object]], *, source: str, on: date) -> None:
    path = own.folder / f"{name}.csv"
    polars.DataFrame(rows).write_csv(path)
    Path(f"{path}.batch.yaml").write_text(f"source: {source}\nobserved_on: {on}\ncoverage: listed\n", encoding="utf-8")
    done = import_file(own.parts.store, path, policies=own.parts.policies, now=own.clock.now, id_key=own.parts.id_key)
    assert done.outcome == "imported", done.faults


def test_a_veto_that_came_after_the_proposal_stops_its_confirmation(own: Served) -> None:
    decision = _decided(own, "graded")
    override = _propose(own, decision, _clerk(own)).json()["override_id"]
    court = [it.id for it in own.parts.policies.latest.indicators if it.source == "court"]
    rows: dict[str, list[object]] = {it: ["open" if it == "dishonest_debtor" else "none"] for it in court}
    _import(own, "court", {"household_id": [decision["household_id"]], **rows}, source="court", on=date(2017, 4, 19))
    refused = _confirm(own, override, _clerk(own))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:lushi:problem:override-refused")
    assert _propose(own, decision, _clerk(own)).status_code == 409, "though the decision itself was graded"


def test_nobody_lends_in_a_stopped_village_nor_without_consent_nor_after_the_expiry(own: Served) -> None:
    decision = _decided(own, "graded", start=5)
    override = _propose(own, decision, _clerk(own)).json()["override_id"]
    late = _propose(own, decision, _clerk(own), outcome="decline").json()["override_id"]
    village = decision["household_id"].split("-")[0]
    neighbour = [one for one in own.ids() if one.startswith(village)][-1]
    loan: dict[str, list[object]] = {"loan_id": ["STOP-1"], "household_id": [neighbour], "bank": ["rcb"]}
    loan |= {"disbursed_on": ["2016-01-05"], "amount_cny": ["900000"], "term_months": [36], "purpose": ["livestock"]}
    _import(own, "loans", loan, source="loans", on=date(2017, 4, 15))
    months: dict[str, list[object]] = {"loan_id": ["STOP-1"], "month_end": ["2017-03-31"], "balance_cny": ["900000"]}
    _import(own, "months", months | {"days_past_due": ["91"]}, source="loan_months", on=date(2017, 4, 15))
    stopped = _confirm(own, override, _clerk(own))
    assert (stopped.status_code, "stopped" in stopped.json()["detail"]) == (409, True)
    other = _decided(own, "graded", start=100)
    waiting = _propose(own, other, _clerk(own)).json()["override_id"]
    own.client.post(f"/v1/consents/{consent_of(other['household_id'])}/withdrawal", json={})
    gone = _confirm(own, waiting, _clerk(own))
    assert (gone.status_code, "consent" in gone.json()["detail"]) == (409, True)
    own.clock.moment = datetime.combine(date(2017, 5, 21), time(9), CIVIL_TIME)
    expired = _confirm(own, late, _clerk(own))
    assert (expired.status_code, "expired" in expired.json()["detail"]) == (409, True)
    seen = own.client.get(f"/v1/decisions/{decision['decision_id']}").json()["afterwards"]["overrides"]
    assert [it["state"] for it in seen] == ["expired", "expired"]
