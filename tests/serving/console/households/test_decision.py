"""A decision's page: what was recorded, its receipt, what came after it; for its own bank and for auditors."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from serving.access.roles import Role
from serving.console.app import create_site
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.console.households_pages import decision_of
from tests.serving.console.pages import person, send, token_of
from tests.serving.console.site import Site
from tests.serving.served import Calls, header_of, session_header, signed_in

_TAGS = re.compile(r"<[^>]+>")


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", _TAGS.sub(" ", page))


def test_the_page_says_what_was_recorded_and_where_it_stands_in_the_log(site: Site) -> None:
    decision = decision_of(site)
    said = site.served.client.get(f"/v1/decisions/{decision}").json()
    with person(site, Role.CLERK, language="en") as clerk:
        text = _text(clerk.get(f"/console/decisions/{decision}").text)
        proof = clerk.get(f"/console/decisions/{decision}/proof").text
    assert said["receipt"]["leaf_hash"] in text
    assert said["household_id"] in text
    assert "30,000 yuan" in text
    assert "24 months" in text
    assert said["consent"]["reference"] in text
    unasked = said["advisory"]["status"] != "given"  # other tests of this county may have let a model advise
    assert ("The grade is whole without it." in text) is unasked
    inclusion = site.served.client.get("/v1/log/inclusion", params={"index": said["receipt"]["log_index"]}).json()
    assert said["receipt"]["leaf_hash"] in proof
    assert inclusion["checkpoint"].split("\n")[2] in proof
    assert all(step in proof for step in inclusion["path"])
    assert site.served.parts.signer.public not in proof, "whoever forges the page forges the key on it"


def test_a_models_opinion_is_told_and_said_to_advise_only(advised: Advised) -> None:
    advised.stand(models.artefact(SET))
    advised.served.client.get("/v1/readyz")
    household = advised.served.ids()[0]
    opinion = next(it for _ in range(50) if (it := advised.decide(household)["advisory"])["status"] == "given")
    parts = advised.served.parts
    client = Calls(create_site(parts), raise_server_exceptions=False, headers=header_of(parts))
    cookies = session_header(signed_in(parts, Role.CLERK))["Cookie"] + "; lushi_language=en"
    page = client.get(f"/console/households/{household}", headers={"Cookie": cookies})
    text = _text(page.text)
    assert f"{100 * float(opinion['pd']):.1f}%" in text
    assert "Advisory, not used in the grade." in text
    assert opinion["agreement"]["en"] in text
    assert all(one["en"].replace("&", "&amp;") in page.text for one in opinion["main"])


def test_names_of_places_are_text(exchanging: Advised) -> None:
    parts, household = exchanging.served.parts, exchanging.served.ids()[0]
    village = exchanging.served.village(household)
    with parts.store.engine.begin() as connection:  # past the triggers that keep history: for tests alone
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(
            "UPDATE areas SET name_zh = '<i>村</i>', name_en = '\"><script>x</script>' WHERE code = %s", (village,)
        )
    client = Calls(create_site(parts), raise_server_exceptions=False, headers=header_of(parts))
    cookie = session_header(signed_in(parts, Role.CLERK))["Cookie"]
    for path in (f"/console/households/{household}", f"/console/households?village={village}"):
        for language, name in (("zh", "&lt;i&gt;村&lt;/i&gt;"), ("en", "&#34;&gt;&lt;script&gt;x&lt;/script&gt;")):
            page = client.get(path, headers={"Cookie": f"{cookie}; lushi_language={language}"}).text
            assert name in page
            assert "<i>村" not in page
            assert "<script>x" not in page


def test_only_its_own_bank_and_auditors_see_it(site: Site) -> None:
    decision = decision_of(site)
    for path in (f"/console/decisions/{decision}", f"/console/decisions/{decision}/proof"):
        seen = {}
        for role, tenant in (
            (Role.CLERK, "bank-a"),
            (Role.CLERK, "bank-b"),
            (Role.AUDITOR, ""),
            (Role.COUNTY, ""),
            (Role.ANALYST, ""),
        ):
            with person(site, role, tenant=tenant) as client:
                seen[role, tenant] = client.get(path).status_code
        assert list(seen.values()) == [200, 404, 200, 403, 403]
    with person(site, Role.AUDITOR) as auditor:
        page = auditor.get(f"/console/decisions/{decision}").text
        assert f"/console/decisions/{decision}/closing" not in page
        assert f"/console/decisions/{decision}/overrides" not in page
        assert auditor.get(f"/console/decisions/{uuid4()}").status_code == 404
        assert auditor.get("/console/decisions/1").status_code == 422


def _offered(site: Site) -> str:
    """A fresh decision of bank-a that offers terms."""
    with person(site, Role.CLERK) as clerk:
        for household in site.served.ids()[100:160]:
            page = clerk.get(f"/console/households/{household}").text
            reference = re.search(r'<option value="(consent-[^"]+)"', page)
            if '<p class="verdict good">' in page and reference:
                form = {"purpose": "livestock", "amount_cny": "10000", "term_months": "12", "key": str(uuid4())}
                form |= {"csrf_token": token_of(clerk.get("/console/")), "consent_reference": reference[1]}
                answer = clerk.post(f"/console/households/{household}/decisions", data=form)
                if answer.status_code == 303:
                    return str(answer.headers["location"])
    raise AssertionError("no household of these may be lent to")


def test_a_decision_is_closed_once(site: Site) -> None:
    path = _offered(site)
    with person(site, Role.CLERK) as clerk, person(site, Role.CLERK, tenant="bank-b") as other:
        assert send(other, f"{path}/closing", cause="disbursed").status_code == 404
        refused = send(clerk, f"{path}/closing", cause="<b>")
        assert (refused.status_code, 'id="cause-fault"' in refused.text) == (422, True)
        assert send(clerk, f"{path}/closing", cause="disbursed").status_code == 303
        page = clerk.get(path).text
        assert "已结束" in page
        assert f"{path}/closing" not in page
        assert send(clerk, f"{path}/closing", cause="superseded").status_code == 409


def test_an_override_needs_two_people_and_its_cause_is_text(site: Site) -> None:
    path = _offered(site)
    why = "<script>alert(1)</script> 房屋受灾"
    form = {"outcome": "decline", "why": why, "expires_on": "2017-05-10", "limit_cny": ""}
    with person(site, Role.CLERK) as clerk:
        assert send(clerk, f"{path}/overrides", **form).status_code == 303
        page = clerk.get(path).text
        assert why not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; 房屋受灾" in page
        confirm = re.search(rf'action="({path}/overrides/[^"]+)"', page)
        assert confirm is None, "nobody confirms the own proposal"
        proposed = site.served.client.get(path.replace("/console/", "/v1/")).json()["afterwards"]["overrides"][0]
        assert send(clerk, f"{path}/overrides/{proposed['override_id']}").status_code == 403
    second = signed_in(site.served.parts, Role.CLERK)
    with person(site, None) as colleague:
        colleague.cookies.update({"lushi_session": second.tokens.session, "lushi_forms": second.tokens.csrf})
        page = colleague.get(path).text
        confirm = re.search(rf'action="({path}/overrides/[^"]+)"', page)
        assert confirm
        assert send(colleague, confirm[1]).status_code == 303
        assert "待复核" in page
        assert "待复核" not in colleague.get(path).text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"outcome": ""}, {"outcome"}),
        ({"why": " "}, {"why-override"}),
        ({"expires_on": "2019-01-01"}, {"expires"}),
        ({"expires_on": "soon", "limit_cny": "1e9"}, {"expires", "limit"}),
        ({"outcome": "lend", "limit_cny": "9999999"}, {"limit"}),
        ({"outcome": "decline", "limit_cny": "10"}, {"limit"}),
    ],
)
def test_an_overrides_faults_stand_beside_their_fields(fields: dict[str, str], wrong: set[str], site: Site) -> None:
    path = f"/console/decisions/{decision_of(site)}"
    form = {"outcome": "decline", "why": "barn burnt", "expires_on": "2017-05-10", "limit_cny": "", **fields}
    with person(site, Role.CLERK) as clerk:
        answer = send(clerk, f"{path}/overrides", **form)
    assert answer.status_code == 422
    assert set(re.findall(r'id="([a-z-]+)-fault"', answer.text)) == wrong
