"""The administrator's forms do what they say, once, and every fault stands by its field."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from serving.access.roles import Role
from serving.accounts.clients import list_clients
from serving.accounts.sign_in import sign_in
from serving.accounts.users import list_users
from tests.serving.console.pages import person, send
from tests.serving.console.site import Site

USERS, CLIENTS, RETENTION = "/console/admin/users", "/console/admin/clients", "/console/admin/retention"
_SECRET = re.compile(r'secret">([^<]+)<')


def _secret(text: str) -> str:
    found = _SECRET.search(text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/console/admin", USERS, CLIENTS, RETENTION])
@pytest.mark.parametrize("role", [it for it in Role if it not in (Role.ADMINISTRATOR, Role.BANK)])
def test_others_may_not(role: Role, path: str, site: Site) -> None:
    with person(site, role) as client:
        assert client.get(path).status_code == 403
        assert "/console/admin" not in client.get("/console/").text


def test_a_person_is_added_and_signs_in_with_what_was_shown_once(site: Site) -> None:
    parts = site.served.parts
    with person(site, Role.ADMINISTRATOR) as client:
        shown = send(client, USERS, seen_on=USERS, name="li-na", role="clerk", tenant="bank-a", area="")
        password = _secret(shown.text)
        assert sign_in(parts, "li-na", password).role is Role.CLERK
        assert password not in client.get(USERS).text
        renewed = _secret(send(client, f"{USERS}/li-na/password", seen_on=USERS).text)
        assert renewed != password
        assert sign_in(parts, "li-na", renewed)
        assert send(client, f"{USERS}/li-na/end", seen_on=USERS, why="left the bank").status_code == 303
    (ended,) = [it for it in list_users(parts) if it.person_id == "li-na"]
    assert ended.ended_at is not None


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "<script>", "role": "clerk", "tenant": "x y", "area": ""}, 2),
        ({"name": "good", "role": "bank", "tenant": "", "area": ""}, 1),
        ({"name": "good", "role": "village", "tenant": "", "area": "411299"}, 1),
        ({"name": "good", "role": "county", "tenant": "", "area": "４１１２９９"}, 1),
        ({}, 2),
    ],
)
def test_every_fault_stands_by_its_field(form: dict[str, str], words: int, site: Site) -> None:
    before = len(list_users(site.served.parts))
    with person(site, Role.ADMINISTRATOR) as client:
        answer = send(client, USERS, seen_on=USERS, **form)
    assert answer.status_code == 422
    assert answer.text.count('class="bad small"') == words
    assert "<script>" not in answer.text
    assert len(list_users(site.served.parts)) == before


def test_a_taken_name_and_an_ending_without_cause(site: Site) -> None:
    with person(site, Role.ADMINISTRATOR) as client:
        send(client, USERS, seen_on=USERS, name="twice", role="auditor", tenant="", area="")
        again = send(client, USERS, seen_on=USERS, name="twice", role="auditor", tenant="", area="")
        assert again.status_code == 422
        assert send(client, f"{USERS}/twice/end", seen_on=USERS, why=" ").status_code == 422
        assert send(client, f"{USERS}/nobody/end", seen_on=USERS, why="x").status_code == 303
        assert send(client, f"{USERS}/nobody/password", seen_on=USERS).status_code == 303


def test_keys_are_issued_rotated_and_revoked(site: Site) -> None:
    parts = site.served.parts
    with person(site, Role.ADMINISTRATOR) as client:
        made = send(client, CLIENTS, seen_on=CLIENTS, name="bank-c-core", role="bank", tenant="bank-c", days="30")
        key = _secret(made.text)
        bearer = {"Authorization": f"Bearer {key}"}
        assert site.served.client.get("/v1/log/key", headers=bearer).status_code == 200
        second = send(client, f"{CLIENTS}/bank-c-core/rotate", seen_on=CLIENTS, days="30", grace="0")
        assert _secret(second.text) != key
        site.served.clock.moment += timedelta(seconds=1)
        assert site.served.client.get("/v1/log/key", headers=bearer).status_code == 401
        assert send(client, f"{CLIENTS}/bank-c-core/rotate", seen_on=CLIENTS, days="0", grace="x").status_code == 422
        assert send(client, f"{CLIENTS}/bank-c-core/revoke", seen_on=CLIENTS, why="", key="").status_code == 422
        assert send(client, f"{CLIENTS}/bank-c-core/revoke", seen_on=CLIENTS, why="ends", key="").status_code == 303
    assert all(it.ended for it in list_clients(parts) if it.client_id == "bank-c-core")


def test_retention_needs_a_second_administrator_with_a_password(site: Site) -> None:
    with person(site, Role.ADMINISTRATOR) as client:
        shown = send(client, USERS, seen_on=USERS, name="second-admin", role="administrator", tenant="", area="")
        password = _secret(shown.text)
        mine = client.get("/console/").text
        me = re.search(r'class="name">([^<]+)<', mine)
        assert me
        for second, word in ((me[1], "x"), ("second-admin", "wrong"), ("nobody", "x"), ("", "")):
            answer = send(client, RETENTION, seen_on=RETENTION, why="the yearly run", second=second, password=word)
            assert answer.status_code == 422
            assert "wrong" not in answer.text
        done = send(
            client, RETENTION, seen_on=RETENTION, why="the yearly run", second="second-admin", password=password
        )
        assert done.status_code == 303


def test_the_service_page_signs_a_checkpoint(site: Site) -> None:
    with person(site, Role.ADMINISTRATOR, language="en") as client:
        assert send(client, "/console/admin/checkpoint", seen_on="/console/admin").status_code == 303
        page = client.get("/console/admin").text
    assert "does not hold" not in page
    assert page.count('tag good">holds') == 4
