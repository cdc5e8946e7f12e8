"""People and programs are listed a page at a time, cut in the database; a form leads back to the page on which it stood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from feature_store.adapters.people_tables import people, person_passwords
from feature_store.adapters.service_tables import clients
from serving.access.roles import Role
from serving.accounts.clients import add_client, clients_page, rotate_key
from serving.accounts.users import list_users, users_page
from serving.console.admin.asked import A_PAGE
from serving.console.app import create_site
from tests.serving.console.pages import token_of
from tests.serving.console.walkers import Walker, signed_in_as, walker
from tests.serving.served import NOW, Served

USERS, CLIENTS = "/console/admin/users", "/console/admin/clients"
MANY = 2 * A_PAGE + 7


@pytest.fixture(scope="module")
def crowded(make_county: Callable[[], Served]) -> Served:
    """A county of the module's own with more people and programs than two pages hold."""
    found = make_county()
    names = [f"many-{number:03}" for number in range(MANY)]
    with found.parts.store.engine.begin() as connection:
        rows = [{"person_id": it, "role": "auditor", "tenant": "county", "area_code": ""} for it in names]
        connection.execute(people.insert(), [it | {"recorded_at": NOW} for it in rows])
        connection.execute(
            person_passwords.insert(), [{"person_id": it, "hash": "x", "recorded_at": NOW} for it in names]
        )
        programs = [{"client_id": f"p-{it}", "tenant": "bank-a", "role": "bank", "recorded_at": NOW} for it in names]
        connection.execute(clients.insert(), programs)
    add_client(found.parts, "two-keys", tenant="bank-a", role=Role.BANK, days=30, by="tests")
    rotate_key(found.parts, "two-keys", days=30, grace_days=7, by="tests")
    return found


@pytest.fixture(scope="module")
def administrator(crowded: Served) -> Walker:
    return walker(create_site(crowded.parts), signed_in_as(crowded, "chief", Role.ADMINISTRATOR))


def _pages(who: Walker, path: str) -> Iterator[str]:
    following = path
    while following:
        page = who.client.get(following).text
        yield page
        found = re.search(rf'href="({path}\?after=[a-z0-9-]+)"', page)
        following = found[1] if found else ""


def test_pages_of_people_hold_everybody_once(crowded: Served, administrator: Walker) -> None:
    pages = [re.findall(r'scope="row" translate="no">([^<]+)<', it) for it in _pages(administrator, USERS)]
    assert [len(it) for it in pages[:-1]] == [A_PAGE] * (len(pages) - 1)
    assert len(pages) >= 3
    assert [name for page in pages for name in page] == [it.person_id for it in list_users(crowded.parts)]


def test_pages_of_programs_hold_each_once_with_all_its_keys(crowded: Served, administrator: Walker) -> None:
    pages = list(_pages(administrator, CLIENTS))
    names = [re.findall(r'<h2 id="client-([^"]+)"', it) for it in pages]
    assert [len(it) for it in names[:-1]] == [A_PAGE] * (len(pages) - 1)
    with crowded.parts.store.engine.connect() as connection:
        held = connection.execute(sa.select(clients.c.client_id).order_by(clients.c.client_id)).scalars().all()
    assert [name for page in names for name in page] == list(held)
    (page,) = [it for it in pages if 'id="client-two-keys"' in it]
    section = page.partition('id="client-two-keys"')[2].partition("</section>")[0]
    assert section.count("<li><code>") == 2


@pytest.mark.parametrize("cut", [users_page, clients_page])
def test_no_more_is_read_than_is_shown(cut: Callable[..., object], crowded: Served) -> None:
    read: list[int] = []

    def count(*of: object) -> None:
        cursor = of[1]
        if "ORDER BY" in str(of[2]):
            read.append(int(getattr(cursor, "rowcount", -1)))

    engine = crowded.parts.store.engine
    sa.event.listen(engine, "after_cursor_execute", count)
    try:
        cut(crowded.parts, after="", most=5)
    finally:
        sa.event.remove(engine, "after_cursor_execute", count)
    assert read == [6], "one beyond the page, to know whether others follow"


def test_a_form_leads_back_to_its_page(crowded: Served, administrator: Walker) -> None:
    client, after = administrator.client, "many-060"
    page = client.get(f"{USERS}?after={after}")
    assert f'name="after" value="{after}"' in page.text
    form = {"csrf_token": token_of(page), "after": after}
    refused = client.post(f"{USERS}/many-070/end", data={**form, "why": " "})
    assert refused.status_code == 422
    assert 'id="why-many-070-fault"' in refused.text, "the fault stands by the person, who is on that page"
    done = client.post(f"{USERS}/many-070/end", data={**form, "why": "left"})
    assert done.headers["location"] == f"{USERS}?after={after}"
    odd = client.post(f"{USERS}/many-071/end", data={**form, "after": "//evil", "why": "left"})
    assert odd.headers["location"] == USERS
    for path in (USERS, CLIENTS):
        end = client.get(path, params={"after": "zzzz"})
        assert "The list ends here." in end.text
        assert client.get(path, params={"after": "A b"}).status_code == 422
