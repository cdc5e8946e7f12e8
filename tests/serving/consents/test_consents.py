"""Consents: who may record, read and withdraw them, and that no decision stands without a live one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from serving.access.callers import Caller
from serving.access.roles import Role
from serving.consents.record import withdraw_consent
from tests.serving.served import NOW, Served, ask, consent_of

TODAY = NOW.date()


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose consents these tests record and withdraw."""
    return make_county()


def _given(household: str, **changes: Any) -> dict[str, Any]:
    until = TODAY.replace(year=TODAY.year + 1).isoformat()
    body = {"reference": f"paper-{uuid4()}", "household_id": household, "purpose": "credit_decision"}
    return {**body, "granted_on": TODAY.isoformat(), "until": until, **changes}


def _post(own: Served, body: dict[str, Any], header: dict[str, str] | None = None) -> Any:
    return own.client.post("/v1/consents", json=body, headers=header)


def _contents(own: Served, kind: str) -> list[dict[str, Any]]:
    query = "SELECT content FROM log_entries JOIN log_contents USING (index) WHERE kind = %s ORDER BY index"
    with own.parts.store.engine.connect() as connection:
        return [json.loads(bytes(it)) for it in connection.exec_driver_sql(query, (kind,)).scalars()]


def test_a_consent_is_recorded_once_and_read_back(own: Served) -> None:
    body = _given(own.ids()[0])
    first = _post(own, body)
    assert first.status_code == 201, first.text
    assert first.json()["tenant"] == "bank-a"
    assert first.json()["purpose_label"]["zh"] == "贷款审批"
    again = _post(own, body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert own.client.get(f"/v1/consents/{body['reference']}").json() == first.json()
    other = _post(own, body | {"purpose": "loan_monitoring"})
    assert (other.status_code, other.json()["type"]) == (409, "urn:lushi:problem:consent-taken")
    recorded = [it for it in _contents(own, "consent_recorded") if it["reference"] == body["reference"]]
    assert len(recorded) == 1
    assert recorded[0]["household_id"] == own.ids()[0]


def test_two_banks_references_do_not_meet(own: Served) -> None:
    body = _given(own.ids()[0])
    assert _post(own, body).status_code == 201
    assert own.client.get(f"/v1/consents/{body['reference']}", headers=own.key(tenant="bank-b")).status_code == 404
    assert _post(own, body, own.key(tenant="bank-b")).status_code == 201
    auditor = own.key(Role.AUDITOR, "county")
    both = own.client.get(f"/v1/consents/{body['reference']}", headers=auditor)
    assert (both.status_code, both.json()["type"]) == (409, "urn:lushi:problem:consent-ambiguous")
    one = own.client.get(f"/v1/consents/{body['reference']}?tenant=bank-b", headers=auditor)
    assert one.json()["tenant"] == "bank-b"


def test_days_and_bank_that_cannot_be_are_refused_all_at_once(own: Served) -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    wrong = _post(own, _given(own.ids()[0], granted_on=tomorrow, until=TODAY.isoformat(), tenant="bank-b"))
    assert wrong.status_code == 422
    assert [it["where"] for it in wrong.json()["errors"]] == ["body.granted_on", "body.until", "body.tenant"]
    longest, longer = TODAY.replace(year=TODAY.year + 3), TODAY.replace(year=TODAY.year + 3) + timedelta(days=1)
    assert _post(own, _given(own.ids()[0], until=longer.isoformat())).status_code == 422
    assert _post(own, _given(own.ids()[0], until=longest.isoformat())).status_code == 201
    assert _post(own, _given(own.ids()[0], until=TODAY.isoformat())).status_code == 201
    assert _post(own, _given(own.ids()[0], granted_on="2016-02-29", until="2019-03-01")).status_code == 201
    assert _post(own, _given(own.ids()[0], granted_on="2016-02-29", until="2019-03-02")).status_code == 422
    assert _post(own, _given("411299999999-0001")).status_code == 404
    for granted, until in (("1949-12-31", "1950-01-01"), ("0001-01-01", "9999-12-31"), ("9999-12-31", "9999-12-31")):
        refused = _post(own, _given(own.ids()[0], granted_on=granted, until=until))
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:lushi:problem:rule-broken")
    for written in (0, "0", "2017-04-01T00:00:00", "２０１７-04-01", 1491004800):
        refused = _post(own, _given(own.ids()[0], granted_on=written))
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.granted_on")


def test_the_service_network_records_and_withdraws_for_its_own_area_alone(own: Served) -> None:
    household = own.ids()[0]
    village = household.split("-")[0]
    elsewhere = next(one for one in own.ids() if not one.startswith(village))
    person = own.as_caller(Role.VILLAGE, name="Zhao", area=village)
    body = _given(household, tenant="bank-a")
    assert person.post("/v1/consents", json=_given(household)).status_code == 422, "the bank must be named"
    made = person.post("/v1/consents", json=body)
    assert (made.status_code, made.json()["tenant"]) == (201, "bank-a")
    assert _contents(own, "consent_recorded")[-1]["recorded_by"] == "Zhao"
    hidden = person.post("/v1/consents", json=_given(elsewhere, tenant="bank-a"))
    missing = person.post("/v1/consents", json=_given("411299999999-0001", tenant="bank-a"))
    assert (hidden.status_code, hidden.json()) == (404, missing.json())
    assert person.get(f"/v1/consents/{consent_of(elsewhere)}").status_code == 404
    assert person.post(f"/v1/consents/{consent_of(elsewhere)}/withdrawal", json={}).status_code == 404
    ended = person.post(f"/v1/consents/{body['reference']}/withdrawal", json={})
    assert ended.status_code == 200
    assert datetime.fromisoformat(ended.json()["withdrawn_at"]) >= NOW


def _refused(own: Served, household: str, reference: str, header: dict[str, str] | None = None) -> str:
    """Why a decision on that consent is refused."""
    answer = own.client.post("/v1/decisions", json=ask(household, consent_reference=reference), headers=header)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:lushi:problem:consent-invalid"), answer.text
    (fault,) = answer.json()["errors"]
    assert fault["where"] == "body.consent_reference"
    assert fault["mend"]
    return str(fault["what"])


def test_a_decision_stands_on_a_live_consent_and_records_it(own: Served) -> None:
    household = own.ids()[1]
    body = _given(household, until=(TODAY + timedelta(days=30)).isoformat())
    _post(own, body)
    decided = own.client.post("/v1/decisions", json=ask(household, consent_reference=body["reference"])).json()
    checked = {name: body[name] for name in ("reference", "purpose", "granted_on", "until")}
    assert (decided["format"], decided["consent"]) == (5, checked)
    monitoring = _given(household, purpose="loan_monitoring")
    _post(own, monitoring)
    assert "another purpose" in _refused(own, household, monitoring["reference"])
    nobody = _refused(own, household, "none-such")
    assert _refused(own, own.ids()[2], body["reference"]) == nobody, "another household's consent is not there"
    assert _refused(own, household, body["reference"], own.key(tenant="bank-b")) == nobody, "nor another bank's"
    try:
        own.clock.moment = NOW + timedelta(days=30)
        last = own.client.post("/v1/decisions", json=ask(household, consent_reference=body["reference"]))
        assert last.status_code == 201, "the last day counts"
        own.clock.moment = NOW + timedelta(days=31)
        assert "expired" in _refused(own, household, body["reference"])
    finally:
        own.clock.moment = NOW + timedelta(days=31)


def test_a_withdrawn_consent_counts_no_more_and_twice_is_once(own: Served) -> None:
    household = own.ids()[3]
    decided = own.client.post("/v1/decisions", json=ask(household)).json()
    address = f"/v1/consents/{consent_of(household)}/withdrawal"
    assert own.client.post(address, json={}, headers=own.key(tenant="bank-b")).status_code == 404
    first = own.client.post(address, json={})
    assert first.status_code == 200
    assert first.json()["withdrawn_at"] > decided["recorded_at"]
    assert own.client.post(address, json={}).json() == first.json()
    said = [it for it in _contents(own, "consent_withdrawn") if it["household_id"] == household]
    assert len(said) == 1
    assert "withdrawn" in _refused(own, household, consent_of(household))
    assert own.client.get(f"/v1/decisions/{decided['decision_id']}").json() == decided


def test_a_bank_sees_a_household_only_while_it_consents(own: Served) -> None:
    household = own.ids()[4]
    header = own.key(tenant="bank-c")
    hidden = own.client.get(f"/v1/households/{household}", headers=header)
    missing = own.client.get("/v1/households/411299999999-0001", headers=header)
    assert (hidden.status_code, hidden.json()) == (404, missing.json())
    body = _given(household, purpose="loan_monitoring")
    assert _post(own, body, header).status_code == 201
    assert own.client.get(f"/v1/households/{household}", headers=header).status_code == 200
    own.client.post(f"/v1/consents/{body['reference']}/withdrawal", json={}, headers=header)
    assert own.client.get(f"/v1/households/{household}", headers=header).json() == missing.json()
    village = household.split("-")[0]
    assert own.as_caller(Role.VILLAGE, area=village).get(f"/v1/households/{household}").status_code == 200
    assert own.as_caller(Role.COUNTY, area="999").get(f"/v1/households/{household}").json() == missing.json()
    assert own.client.get(f"/v1/households/{household}", headers=own.key(Role.AUDITOR, "county")).status_code == 200


def test_a_withdrawal_waits_for_decisions_under_way_and_stands_before_later_ones(own: Served) -> None:
    reference = _given(own.ids()[8])
    assert _post(own, reference).status_code == 201
    caller = Caller("bank-a-core", "bank-a", Role.BANK)
    with ThreadPoolExecutor(1) as other:
        with own.parts.store.moment(own.clock.now) as moment:
            waiting = other.submit(withdraw_consent, reference["reference"], own.parts, caller=caller)
            time.sleep(0.4)
            assert not waiting.done(), "a decision is under way"
            at = moment.known_at
        withdrawn = waiting.result(timeout=10).withdrawn_at
    assert withdrawn is not None
    assert withdrawn >= at
    assert "withdrawn" in _refused(own, own.ids()[8], reference["reference"])
