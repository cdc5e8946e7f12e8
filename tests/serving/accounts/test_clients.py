"""Programs and their keys: made, rotated, revoked; none is kept, none stands for a person, none calls too often."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from feature_store.adapters import clients
from serving.access.keys import Key, new_key, read_key
from serving.access.roles import (
    OF_PEOPLE,
    Role,
)
from serving.accounts.clients import ClientRefused, Issued, add_client, list_clients, revoke, rotate_key
from serving.api.access import BURST
from serving.api.app import create_app
from serving.ledger.verify import verify
from tests.serving.served import NOW, Served


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose clients these tests make and revoke."""
    return make_county()


def _ready(own: Served, issued: Issued) -> int:
    header = {"Authorization": f"Bearer {issued.key.written}"}
    return own.client.get("/readyz", headers=header).status_code


def test_a_key_is_rotated_expires_and_is_revoked(make_county: Callable[[], Served]) -> None:
    own = make_county()  # of its own, since no clock goes back
    parts = own.parts
    first = add_client(parts, "rcb-core", tenant="rcb", role=Role.BANK, days=30, by="county office")
    second = rotate_key(parts, "rcb-core", days=365, grace_days=7, by="county office")
    assert (_ready(own, first), _ready(own, second)) == (200, 200)
    with pytest.raises(ClientRefused, match="2 live keys"):
        rotate_key(parts, "rcb-core", days=365, grace_days=7, by="county office")
    own.clock.moment = NOW + timedelta(days=8)
    assert (_ready(own, first), _ready(own, second)) == (401, 200)
    revoke(parts, "rcb-core", key_id=second.key.key_id, by="county office", why="lost")
    assert _ready(own, second) == 401
    third = rotate_key(parts, "rcb-core", days=1, grace_days=0, by="county office")
    assert _ready(own, third) == 200
    own.clock.moment = NOW + timedelta(days=9, seconds=1)
    assert _ready(own, third) == 401
    revoke(parts, "rcb-core", key_id=None, by="county office", why="contract ended")
    with pytest.raises(ClientRefused, match="was revoked"):
        rotate_key(parts, "rcb-core", days=1, grace_days=0, by="county office")
    with parts.store.looking(NOW + timedelta(days=10)) as moment:
        found = verify(moment.connection, parts.signer)
    assert found.faults == []
    assert found.kinds["client_revoked"] == 2
    assert found.kinds["client_key_rotated"] == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"client_id": "Bank A"}, "lower-case"),
        ({"tenant": ""}, "lower-case"),
        ({"by": " "}, "who does it"),
        ({"days": 0}, "1 to 3650 days"),
        ({"role": Role.CLERK}, "a person's role"),
        ({"role": Role.VILLAGE}, "lushi user add"),
        ({"role": Role.TOWNSHIP}, "a person's role"),
        ({"role": Role.COUNTY}, "a person's role"),
        ({"client_id": "twice"}, "already"),
    ],
)
def test_what_is_not_right_is_refused_and_nothing_is_kept(own: Served, changes: dict[str, object], says: str) -> None:
    if not any(row.client_id == "twice" for row in list_clients(own.parts)):
        add_client(own.parts, "twice", tenant="t", role=Role.BANK, days=1, by="x")
    before = list_clients(own.parts)
    good: dict[str, object] = {"client_id": "fresh", "tenant": "t", "role": Role.BANK, "days": 1, "by": "x"}
    with pytest.raises(ClientRefused, match=says):
        add_client(own.parts, **good | changes)  # type: ignore[arg-type]
    assert list_clients(own.parts) == before


def test_the_database_holds_no_key(own: Served) -> None:
    issued = add_client(own.parts, "secretive", tenant="t", role=Role.BANK, days=1, by="x")
    with own.parts.store.engine.connect() as connection:
        for table in ("clients", "client_keys", "log_contents", "log_entries"):
            rows = connection.execute(sa.text(f"SELECT t::text FROM {table} t")).scalars()
            assert not any(issued.key.secret in row or issued.key.secret.encode().hex() in row for row in rows)
    assert issued.key.secret not in repr(issued)


@pytest.mark.parametrize("role", [*sorted(OF_PEOPLE), "no-role"])
def test_a_key_never_stands_for_a_person(own: Served, role: str) -> None:
    key, name = new_key(), f"test-{uuid4().hex[:12]}"
    with own.parts.store.writing() as connection:
        clients.add_client(connection, client_id=name, tenant="bank-a", role=role, now=NOW)
        mac, ends = key.mac(own.parts.access_key), NOW + timedelta(days=1)
        clients.add_key(connection, client_id=name, key_id=key.key_id, mac=mac, now=NOW, expires_at=ends)
    assert own.client.get("/readyz", headers={"Authorization": f"Bearer {key.written}"}).status_code == 401


@given(st.integers(0, 57), st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_a_mistyped_key_is_known_before_the_database_is_asked(place: int, other: str) -> None:
    key = Key("0123456789", "abcdefghjkmnpqrstvwxyz0123456789")
    written = key.written
    assert read_key(written) == key
    changed = written[:place] + other + written[place + 1 :]
    assert changed == written or read_key(changed) is None


def test_a_client_that_calls_too_often_is_told_so_and_no_other_is(own: Served) -> None:
    slow = replace(own.parts, settings=replace(own.parts.settings, calls_per_second=1))
    slow.__dict__["store"] = own.parts.store
    client = TestClient(create_app(slow), raise_server_exceptions=False)
    one, other = own.key(), own.key()
    found = [client.get("/readyz", headers=one) for _ in range(9)]
    statuses = [it.status_code for it in found]
    assert statuses[:BURST] == [200] * BURST
    assert 429 in statuses
    told = next(it for it in found if it.status_code == 429)
    assert (told.headers["Retry-After"], told.json()["type"]) == ("1", "urn:lushi:problem:too-many-calls")
    assert client.get("/readyz", headers=other).status_code == 200
    time.sleep(1.1)
    assert client.get("/readyz", headers=one).status_code == 200
