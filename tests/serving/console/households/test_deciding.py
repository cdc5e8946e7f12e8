"""The form for a decision before disbursement: every fault beside its field, recorded once, never without the right."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest

from serving.access.roles import Role
from serving.consents.files import record_many
from serving.consents.record import Given
from serving.consents.uses import Use
from tests.serving.console.pages import person, send
from tests.serving.console.site import Site
from tests.serving.served import consent_of

_KEY = re.compile(r'name="key" value="([^"]+)"')
_NAME = re.compile(r'class="name">([^<]+)<')
_FAULT = re.compile(r'id="([a-z-]+)-fault"')
WHOLE = {"purpose": "livestock", "amount_cny": "20000", "term_months": "12"}


def _entries(site: Site) -> int:
    with site.served.parts.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one())


def _send(client: httpx.Client, household: str, **fields: str) -> httpx.Response:
    filled = {**WHOLE, "key": str(uuid4()), "consent_reference": consent_of(household), **fields}
    return send(client, f"/console/households/{household}/decisions", **filled)


def test_a_decision_is_recorded_once_however_often_the_form_is_sent(site: Site) -> None:
    household = site.served.ids()[20]
    with person(site, Role.CLERK) as clerk:
        key = _KEY.search(clerk.get(f"/console/households/{household}").text)
        assert key
        before = _entries(site)
        first, again = (_send(clerk, household, key=key[1]) for _ in range(2))
        assert first.status_code == again.status_code == 303
        assert first.headers["location"] == again.headers["location"]
        assert _entries(site) == before + 1
        decision = UUID(first.headers["location"].rpartition("/")[2])
        api = site.served.client.get(f"/v1/decisions/{decision}").json()
        assert api["request"] == {
            "purpose": "livestock",
            "amount_cny": "20000.00",
            "term_months": 12,
            "consent_reference": consent_of(household),
        }
        assert api["client"]["tenant"] == "bank-a"
        changed = _send(clerk, household, key=key[1], amount_cny="30000")
        assert changed.status_code == 422, "the same form with other content is no repetition"
        assert _entries(site) == before + 1


def test_clicked_twice_at_once_both_clicks_lead_to_the_one_decision(site: Site) -> None:
    household, key = site.served.ids()[24], str(uuid4())
    before = _entries(site)

    def click(_: int) -> httpx.Response:
        with person(site, Role.CLERK) as clerk:
            return _send(clerk, household, key=key)

    with ThreadPoolExecutor(4) as clicking:
        answers = list(clicking.map(click, range(4)))
    assert {it.status_code for it in answers} == {303}
    assert len({it.headers["location"] for it in answers}) == 1
    assert _entries(site) == before + 1


def test_amounts_as_people_write_them(site: Site) -> None:
    household = site.served.ids()[21]
    with person(site, Role.CLERK) as clerk:
        answer = _send(clerk, household, amount_cny="30,000.50", term_months=" 24 ")
    assert answer.status_code == 303
    api = site.served.client.get(answer.headers["location"].replace("/console/", "/v1/")).json()
    assert (api["request"]["amount_cny"], api["request"]["term_months"]) == ("30000.50", 24)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"amount_cny": "-5"}, {"amount"}),
        ({"amount_cny": "3万"}, {"amount"}),
        ({"amount_cny": "1e4"}, {"amount"}),
        ({"term_months": "0"}, {"term"}),
        ({"term_months": "12.5"}, {"term"}),
        ({"term_months": "9" * 400}, {"term"}),
        ({"purpose": "gambling"}, {"purpose"}),
        ({"purpose": "<b>"}, {"purpose"}),
        ({"consent_reference": "consent-of-nobody"}, {"consent-used"}),
        ({"amount_cny": "", "term_months": "", "purpose": "", "consent_reference": ""}, {"amount", "term", "purpose", "consent-used"}),
    ],
)  # fmt: skip
def test_every_fault_stands_beside_its_field_and_what_was_typed_is_kept(
    fields: dict[str, str], wrong: set[str], site: Site
) -> None:
    household = site.served.ids()[22]
    before = _entries(site)
    with person(site, Role.CLERK) as clerk:
        answer = _send(clerk, household, **fields)
    assert answer.status_code == 422
    assert set(_FAULT.findall(answer.text)) == wrong
    assert _entries(site) == before
    if "amount_cny" not in fields:
        assert 'value="20000"' in answer.text
    assert "<b>" not in answer.text


def test_only_whoever_may_decides(site: Site) -> None:
    household = site.served.ids()[23]
    before = _entries(site)
    for role in (Role.VILLAGE, Role.COUNTY, Role.AUDITOR, Role.ANALYST):
        with person(site, role) as client:
            assert _send(client, household).status_code == 403
    with person(site, Role.CLERK, tenant="bank-nobody-trusts") as clerk:
        assert _send(clerk, household).status_code in (404, 422)
    with person(site, Role.CLERK) as clerk:
        assert clerk.post(f"/console/households/{household}/decisions", data=WHOLE).status_code == 403, "no token"
    assert _entries(site) == before


def test_another_banks_open_decision_is_a_page_that_says_what_to_do(site: Site) -> None:
    with person(site, Role.CLERK) as one, person(site, Role.CLERK, tenant="bank-b") as other:
        household = _lendable(one, site.served.ids()[30:60])
        assert _send(one, household).status_code == 303
        refused = _send(other, household, consent_reference=consent_of(household, "bank-b"))
    assert refused.status_code == 409
    assert "另一家银行" in refused.text


def test_a_bank_that_may_ask_is_told_beforehand_and_learns_no_more_than_from_the_refusal(site: Site) -> None:
    with person(site, Role.CLERK) as one, person(site, Role.CLERK, tenant="bank-b") as other:
        household = _lendable(one, site.served.ids()[240:280])
        path = f"/console/households/{household}"
        before = other.get(path).text
        decided = _send(one, household).headers["location"]
        told = other.get(path).text
        for page, elsewhere in ((before, False), (told, True), (one.get(path).text, False)):
            assert ("另一家银行" in page) == elsewhere
            assert ('<p class="verdict good">' in page) != elsewhere
            assert (f'action="{path}/decisions' in page) != elsewhere
        for secret in (
            "bank-a",
            decided.rpartition("/")[2],
            _NAME.search(one.get("/console/").text)[1],
            consent_of(household),
        ):
            assert secret not in told
        assert send(one, f"{decided}/closing", cause="declined_by_household").status_code == 303
        assert "另一家银行" not in other.get(path).text, "once it is closed nothing stands in the way"


def test_a_bank_that_may_not_ask_is_not_told(site: Site) -> None:
    parts, bank = site.served.parts, "bank-watching"
    with person(site, Role.CLERK) as one, person(site, Role.CLERK, tenant=bank) as watching:
        household = _lendable(one, site.served.ids()[280:])
        day = parts.clock.now().date()
        given = Given(f"watch-{household}", household, bank, Use.LOAN_MONITORING, day, day.replace(month=day.month + 1))
        record_many(parts, [given], by="tests")
        assert _send(one, household).status_code == 303
        page = watching.get(f"/console/households/{household}")
        refused = _send(watching, household, consent_reference=f"watch-{household}")
    assert (page.status_code, "另一家银行" in page.text) == (200, False)
    assert (refused.status_code, "另一家银行" in refused.text) == (422, False), "nor does the refusal say so"
    with person(site, Role.COUNTY) as officer:
        assert "另一家银行" not in officer.get(f"/console/households/{household}").text


def _lendable(client: httpx.Client, households: list[str]) -> str:
    """The first of these households that may be lent to."""
    pages = ((it, client.get(f"/console/households/{it}").text) for it in households)
    return next(it for it, page in pages if '<p class="verdict good">' in page)
