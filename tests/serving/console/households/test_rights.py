"""A household's rights: consents recorded and withdrawn, objections handed in and answered, its own report."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx2 as httpx
import pytest

from serving.access.roles import Role
from tests.serving.console.households_pages import decision_of, objection_of
from tests.serving.console.pages import person, send, token_of
from tests.serving.console.site import Site

_FAULT = re.compile(r'id="([a-z-]+)-fault"')
TEXT = "<img src=x onerror=alert(1)> 逾期不是我的"
BANK = "bank-c"


def _faults(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422
    return set(_FAULT.findall(answer.text))


def test_a_bank_records_a_consent_sees_the_household_and_the_household_withdraws_it(site: Site) -> None:
    household, reference = site.served.ids()[70], f"paper/{uuid4().hex[:8]}"
    form = {
        "household_id": household,
        "reference": reference,
        "purpose": "credit_decision",
        "granted_on": "2017-04-01",
        "until": "2018-04-01",
    }
    with person(site, Role.CLERK, tenant=BANK) as clerk:
        assert clerk.get(f"/console/households/{household}").status_code == 404
        answer = send(clerk, "/console/consents", **form)
        assert answer.status_code == 303
        assert "已登记" in clerk.get(answer.headers["location"]).text
        page = clerk.get(f"/console/households/{household}").text
        assert reference in page
        assert send(clerk, "/console/consents", **form).status_code == 303, "the same paper again changes nothing"
        assert _faults(send(clerk, "/console/consents", **{**form, "until": "2018-05-01"})) == {"reference"}
        link = re.search(r'href="(/console/consents/withdrawal[^"]+)"', page)
        assert link
        where = link[1].replace("&amp;", "&")
        token = token_of(clerk.get(where))
        assert clerk.post(where, data={"csrf_token": token}).status_code == 303
        assert clerk.get(f"/console/households/{household}").status_code == 404, "it ends at once"
        assert "已失效" in clerk.get(where).text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"household_id": "4112"}, {"household"}),
        ({"household_id": "<b>"}, {"household"}),
        ({"reference": "a b"}, {"reference"}),
        ({"purpose": "anything"}, {"purpose"}),
        ({"granted_on": "2017-05-01"}, {"granted"}),
        ({"granted_on": "yesterday", "until": ""}, {"granted", "until"}),
        ({"until": "2017-01-01"}, {"until"}),
        ({"until": "2027-01-01"}, {"until"}),
    ],
)
def test_a_consents_faults_stand_beside_their_fields(fields: dict[str, str], wrong: set[str], site: Site) -> None:
    form = {
        "household_id": site.served.ids()[71],
        "reference": "p-1",
        "purpose": "credit_decision",
        "granted_on": "2017-04-01",
        "until": "2018-04-01",
        **fields,
    }
    with person(site, Role.CLERK, tenant=BANK) as clerk:
        answer = send(clerk, "/console/consents", **form)
    assert _faults(answer) == wrong
    assert "<b>" not in answer.text


def test_the_service_network_names_the_bank(site: Site) -> None:
    mine = site.served.ids()[0]
    elsewhere = next(it for it in site.served.ids() if it[:12] != mine[:12])
    form = {
        "household_id": mine,
        "reference": f"v-{uuid4().hex[:8]}",
        "purpose": "loan_monitoring",
        "granted_on": "2017-04-01",
        "until": "2018-04-01",
    }
    with person(site, Role.VILLAGE) as officer:
        assert _faults(send(officer, "/console/consents", **form)) == {"tenant"}
        there = {**form, "tenant": BANK}
        assert _faults(send(officer, "/console/consents", **{**there, "household_id": elsewhere})) == {"household"}
        answer = send(officer, "/console/consents", **there)
        assert answer.status_code == 303
        assert BANK in officer.get(answer.headers["location"]).text
    with person(site, Role.AUDITOR) as auditor:
        assert send(auditor, "/console/consents", **there).status_code == 403


def test_an_objection_is_handed_in_marked_listed_and_answered(site: Site) -> None:
    household = site.served.ids()[0]
    with person(site, Role.CLERK) as clerk:
        form = {"about": "datum", "indicator": "late_1_30", "decision_id": "", "statement": TEXT}
        answer = send(clerk, f"/console/households/{household}/objection", **form)
        assert answer.status_code == 303
        path = answer.headers["location"]
        page = clerk.get(path).text
        assert TEXT not in page
        assert "&lt;img src=x onerror=alert(1)&gt; 逾期不是我的" in page
        assert f"{path}/outcome" not in page
        assert path in clerk.get(f"/console/households/{household}").text, "the datum is marked"
        assert path in clerk.get("/console/objections").text
        assert send(clerk, f"{path}/outcome", outcome="corrected", answer="x").status_code == 403
    with person(site, Role.CLERK, tenant="bank-b") as other:
        assert other.get(path).status_code == 404
        assert path not in other.get("/console/objections?state=all").text
    with person(site, Role.COUNTY) as officer:
        assert _faults(send(officer, f"{path}/outcome", outcome="", answer="")) == {"outcome", "answer"}
        assert send(officer, f"{path}/outcome", outcome="mark_removed", answer="经核实无误").status_code == 303
        assert "经核实无误" in officer.get(path).text
        assert path not in officer.get("/console/objections").text
        assert path in officer.get("/console/objections?state=answered").text
        assert send(officer, f"{path}/outcome", outcome="corrected", answer="x").status_code == 409


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"about": ""}, {"about"}),
        ({"about": "datum"}, {"indicator"}),
        ({"about": "human_review", "indicator": "late_1_30"}, {"indicator"}),
        ({"about": "datum", "indicator": "no_such_thing"}, {"indicator"}),
        ({"about": "decision"}, {"decision"}),
        ({"about": "decision", "decision_id": "1"}, {"decision"}),
        ({"about": "decision", "decision_id": str(uuid4())}, {"decision"}),
        ({"statement": "   "}, {"statement"}),
    ],
)
def test_an_objections_faults_stand_beside_their_fields(fields: dict[str, str], wrong: set[str], site: Site) -> None:
    household = site.served.ids()[0]
    form = {"about": "human_review", "indicator": "", "decision_id": "", "statement": "请复核", **fields}
    with person(site, Role.CLERK) as clerk:
        assert _faults(send(clerk, f"/console/households/{household}/objection", **form)) == wrong


def test_objections_are_paged(site: Site) -> None:
    objection_of(site)
    with person(site, Role.COUNTY) as officer:
        first = officer.get("/console/objections?state=all")
        assert "/console/objections/" in first.text
        assert "没有异议" in officer.get(f"/console/objections?state=all&after={2**53}").text
        assert officer.get("/console/objections?state=none").status_code == 422


def test_a_report_is_given_by_the_network_alone_and_counts(site: Site) -> None:
    household = site.served.ids()[0]
    decision_of(site)
    path = f"/console/households/{household}/reports"
    with person(site, Role.VILLAGE) as officer:
        answers = [send(officer, path) for _ in range(2)]
    assert {it.status_code for it in answers} == {201}
    assert all("default-src 'none'" in it.headers["content-security-policy"] for it in answers)
    assert "script-src" not in answers[0].headers["content-security-policy"]
    assert household in answers[0].text
    assert TEXT not in answers[0].text
    for role in (Role.CLERK, Role.AUDITOR):
        with person(site, role) as client:
            assert send(client, path).status_code == 403
