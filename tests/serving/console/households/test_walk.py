"""Every page of this part, walked by every role of two banks: what a role may not see is nowhere in its HTML."""

from __future__ import annotations

import re

import pytest

from serving.access.roles import EVERY_TENANT, MAY, OF_A_BANK, WITHIN_AREA, Act, Role
from tests.serving.console.households_pages import HOUSEHOLD, decision_of, objection_of
from tests.serving.console.pages import person
from tests.serving.console.site import Site
from tests.serving.served import consent_of, numbers_of

PEOPLE = [(Role.CLERK, "bank-a"), (Role.CLERK, "bank-b")] + [(role, "") for role in Role if role not in OF_A_BANK]
_BACK = re.compile(r'href="/console/language/[^"]*"')
"""The way back to the page in another language: the address that the reader came by."""
_LONG_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def _pages(site: Site) -> dict[str, Act]:
    household, decision = site.served.ids()[HOUSEHOLD], decision_of(site)
    reference = consent_of(household)
    return {
        "/console/households": Act.SEARCH_HOUSEHOLD,
        f"/console/households?village={site.served.village(household)}": Act.SEARCH_HOUSEHOLD,
        f"/console/households/{household}": Act.READ_HOUSEHOLD,
        f"/console/households/{household}/objection": Act.OBJECT,
        f"/console/decisions/{decision}": Act.READ_DECISION,
        f"/console/decisions/{decision}/proof": Act.READ_DECISION,
        "/console/consents": Act.RECORD_CONSENT,
        f"/console/consents/withdrawal?reference={reference}": Act.RECORD_CONSENT,
        "/console/objections?state=all": Act.READ_HOUSEHOLD,
        f"/console/objections/{objection_of(site)}": Act.READ_HOUSEHOLD,
    }


@pytest.mark.parametrize(("role", "tenant"), PEOPLE)
def test_walk(role: Role, tenant: str, site: Site) -> None:
    household, decision, objection = site.served.ids()[HOUSEHOLD], decision_of(site), objection_of(site)
    numbers = set(numbers_of(site.served).values())
    of_a = (consent_of(household), decision, objection)
    with person(site, role, tenant=tenant) as client:
        for path, act in _pages(site).items():
            answer = client.get(path)
            page = _BACK.sub("", answer.text)
            hidden = tenant == "bank-b" and any(it in path for it in of_a)
            assert answer.status_code == (403 if act not in MAY[role] else 404 if hidden else 200), path
            assert not numbers & set(_LONG_NUMBER.findall(page)), path
            if role in OF_A_BANK:
                other = "bank-b" if tenant == "bank-a" else "bank-a"
                assert consent_of(household, other) not in page, path
            if tenant == "bank-b":
                assert not any(it in page for it in of_a), path
            if role in WITHIN_AREA:
                assert decision not in page or "/objections/" in path, path
            if role not in EVERY_TENANT and role not in OF_A_BANK and Act.READ_DECISION not in MAY[role]:
                assert "/proof" not in page, path
