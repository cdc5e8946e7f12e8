"""People sign in: what a right password opens, that nothing else tells anything, and what is kept."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from argon2.profiles import RFC_9106_LOW_MEMORY
from httpx2 import Response

from feature_store.adapters.tables import metadata
from serving.access.callers import NotSignedIn
from serving.access.passwords import Passwords
from serving.access.roles import Role
from serving.access.sessions import COOKIE, LIFETIME
from serving.accounts.sign_in import sign_in
from serving.accounts.users import add_user, change_password, end_user
from serving.ledger.verify import verify
from tests.serving.people import Counting, basic, client_of, person, with_hasher
from tests.serving.served import PASSWORD, Served, ask


def test_a_right_password_opens_a_session_that_calls_as_the_person(peopled: Served) -> None:
    name = person(peopled, Role.CLERK, tenant="bank-a")
    client = client_of(peopled, "https://testserver")
    answer = client.post("/v1/sessions", headers=basic(name, PASSWORD))
    assert answer.status_code == 201
    said = answer.json()
    assert set(said) == {"csrf_token", "expires_at", "role"}
    assert (said["role"], datetime.fromisoformat(said["expires_at"])) == ("clerk", peopled.clock.moment + LIFETIME)
    assert (answer.headers["Cache-Control"], len(client.cookies[COOKIE])) == ("no-store", 43)
    decided = client.post("/v1/decisions", json=ask(peopled.ids()[0]), headers={"X-CSRF-Token": said["csrf_token"]})
    assert decided.status_code == 201
    assert decided.json()["client"] == {"client_id": name, "tenant": "bank-a"}


@pytest.mark.parametrize(
    ("base", "client", "headers", "secure"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", {}, False),
        ("http://localhost:8000", "127.0.0.1", {}, False),
        ("http://[::1]:8000", "::1", {}, False),
        ("https://127.0.0.1:8000", "127.0.0.1", {}, True),
        ("http://credit.example", "127.0.0.1", {}, True),
        ("http://127.0.0.1:8000", "192.0.2.7", {}, True),
        ("http://127.0.0.1:8000", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, True),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Host": "[oddly"}, True),
    ],
)
def test_the_cookie_is_kept_from_scripts_other_sites_and_the_open_network(
    peopled: Served, base: str, client: str, headers: dict[str, str], secure: bool
) -> None:
    calls = client_of(peopled, base, client)
    answer = calls.post("/v1/sessions", headers=basic(person(peopled), PASSWORD) | headers)
    name, *flags = [it.strip() for it in answer.headers["Set-Cookie"].split(";")]
    assert name.startswith(f"{COOKIE}=")
    assert {it.lower() for it in flags} == {"httponly", "path=/", "samesite=strict", *(["secure"] if secure else [])}


def _without_id(answer: Response) -> dict[str, str]:
    """The headers but the one that is fresh for each call."""
    return {name: it for name, it in answer.headers.items() if name != "x-correlation-id"}


def test_whatever_is_wrong_the_answer_is_the_same_as_for_no_key_at_all(peopled: Served) -> None:
    name, ended = person(peopled), person(peopled)
    end_user(peopled.parts, ended, by="tests", why="left")
    client = client_of(peopled)
    nothing = client.get("/readyz")
    right = basic(name, PASSWORD)["Authorization"]
    wrong = [
        *({"Authorization": it} for it in ("", "Basic", "Basic ?", "Basic " + b64encode(b"\xff:x").decode(), "Basic " + b64encode(name.encode()).decode(), "Bearer " + right[6:], right + "=", right * 40)),
        basic(name, PASSWORD + "x"),
        basic(name, ""),
        basic(name.upper(), PASSWORD),
        basic("nobody-" + name, PASSWORD),
        basic("no body\x00", PASSWORD),
        basic("", ""),
        basic(ended, PASSWORD),
        peopled.key(),
        {},
    ]  # fmt: skip
    for header in wrong:
        answer = client.post("/v1/sessions", headers=header)
        assert (answer.status_code, answer.content) == (401, nothing.content)
        assert _without_id(answer) == _without_id(nothing)
    assert client.post("/v1/sessions", headers=[("Authorization", right)] * 2).status_code == 401
    assert client.post("/v1/sessions", headers={"Authorization": right}).status_code == 201


def test_a_name_that_nobody_has_costs_the_check_of_one_password_too(peopled: Served) -> None:
    counting = Counting()
    parts = with_hasher(peopled, counting)
    ended = person(peopled)
    end_user(peopled.parts, ended, by="tests", why="left")
    for number, name in enumerate((person(peopled), ended, "nobody-at-all", "Not A Name"), start=1):
        with pytest.raises(NotSignedIn):
            sign_in(parts, name, "not the password")
        assert counting.checked == number


def test_production_keeps_passwords_with_the_librarys_own_parameters(peopled: Served) -> None:
    kept = Passwords().hash(PASSWORD)
    low = RFC_9106_LOW_MEMORY
    assert kept.startswith(f"$argon2id$v=19$m={low.memory_cost},t={low.time_cost},p={low.parallelism}$")
    with Passwords().turn() as matches:
        assert matches(kept, PASSWORD)
        assert not matches(kept, PASSWORD + "x")


def test_a_composed_character_is_the_same_however_it_was_typed(peopled: Served) -> None:
    name = f"person-{uuid4().hex[:12]}"
    add_user(peopled.parts, name, role=Role.ANALYST, password="caf\u00e9 caf\u00e9 caf\u00e9", by="tests")
    assert sign_in(peopled.parts, name, "cafe\u0301 caf\u00e9 cafe\u0301").role is Role.ANALYST


def test_a_body_is_refused_unread(peopled: Served) -> None:
    headers = basic(person(peopled), PASSWORD)
    client = client_of(peopled)
    for body, more in ((b"{}", {"Content-Type": "application/json"}), (b"x", {}), (iter([b"x"]), {}), (None, {"Content-Type": "text/plain"})):  # fmt: skip
        answer = client.post("/v1/sessions", content=body, headers=headers | more)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:lushi:problem:unreadable")
    assert client.post("/v1/sessions", headers=headers | {"Content-Length": "0"}).status_code == 201


def test_neither_password_nor_token_is_anywhere_and_the_hash_in_one_place(peopled: Served) -> None:
    name, typed = person(peopled), "typed-into-the-name-by-mistake"
    opened = sign_in(peopled.parts, name, PASSWORD)
    with pytest.raises(NotSignedIn):
        sign_in(peopled.parts, typed, "x")
    assert PASSWORD not in repr(opened)
    assert opened.tokens.session not in repr(opened)
    secret = [PASSWORD, opened.tokens.session, opened.tokens.csrf, typed]
    with peopled.parts.store.engine.connect() as connection:
        for table in metadata.tables:
            rows = "\n".join(connection.execute(sa.text(f'SELECT t::text FROM "{table}" t')).scalars())
            for one in secret:
                assert one not in rows, table
                assert one.encode().hex() not in rows, table
            assert ("$argon2" in rows) == (table == "person_passwords"), table
            assert b"$argon2".hex() not in rows, table
        assert "argon2id" in connection.execute(sa.text("SELECT max(hash) FROM person_passwords")).scalar_one()


def test_each_change_is_an_entry_of_the_log_with_who_did_it(peopled: Served) -> None:
    name = person(peopled, Role.CLERK, tenant="bank-a")
    change_password(peopled.parts, name, password="another long word", by="county office")
    end_user(peopled.parts, name, by="county office", why="left the bank")
    query = sa.text(
        "SELECT e.kind, convert_from(c.content, 'UTF8')::jsonb AS said FROM log_entries e JOIN log_contents c USING (index)"
        " WHERE convert_from(c.content, 'UTF8')::jsonb ->> 'person_id' = :name ORDER BY e.index"
    )
    with peopled.parts.store.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query, {"name": name})]
        assert verify(connection, peopled.parts.signer).faults == []
    who = {"person_id": name, "by": "county office"}
    assert rows == [
        ("user_added", who | {"by": "tests", "role": "clerk", "tenant": "bank-a", "area_code": ""}),
        ("user_password_changed", who),
        ("user_ended", who | {"why": "left the bank"}),
    ]
