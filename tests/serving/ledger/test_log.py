"""The log in the database: what is answered can be proved offline, and whatever is changed behind it shows."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from feature_store.adapters import log_tables
from scoring.canonical import canonical
from serving.api.app import create_app
from serving.ledger import log, proofs, tree
from serving.ledger.verify import Verified, verify
from tests.serving.served import NOW, Served, ask
from verify import check

TABLES = ("log_entries", "log_nodes", "log_contents", "checkpoints", "decisions")


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose log holds its consents, a client and eight decisions, with a checkpoint over six entries and one over all."""
    own = make_county()
    for number in range(8):
        assert own.client.post("/v1/decisions", json=ask(own.ids()[number])).status_code == 201
        if number in (3, 7):
            own.client.get("/v1/log/checkpoint")
    return own


def _verified(own: Served, connection: sa.Connection | None = None) -> Verified:
    if connection is not None:
        return verify(connection, own.parts.signer)
    with own.parts.store.looking(NOW) as moment:
        return verify(moment.connection, own.parts.signer)


def _get(own: Served, path: str, **query: int) -> Any:
    answer = own.client.get(f"/v1/log/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer_is_proved_by_the_checker_with_a_checkpoint_kept_before(own: Served) -> None:
    answer = own.client.post("/v1/decisions", json=ask(own.ids()[20])).json()
    kept = answer["receipt"]["checkpoint"]
    proof = _get(own, "inclusion", index=answer["receipt"]["log_index"])
    sizes = {"first": int(kept.split("\n")[1]), "second": proof["size"]}
    assert sizes["first"] < sizes["second"]
    more = _get(own, "consistency", **sizes)
    assert len(check.check(answer, proof, _get(own, "key")["key"], kept, more)) == 2
    assert _verified(own).faults == []


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("inclusion", {"index": 10**6}, 404),
        ("inclusion", {"index": -1}, 422),
        ("inclusion", {"index": 2**60}, 422),
        ("inclusion", {}, 422),
        ("consistency", {"first": 3, "second": 2}, 404),
        ("consistency", {"first": 0, "second": 10**6}, 404),
        ("consistency", {"first": "x", "second": 1}, 422),
    ],
)
def test_proofs_that_do_not_exist_are_refused(own: Served, path: str, query: dict[str, Any], status: int) -> None:
    answer = own.client.get(f"/v1/log/{path}", params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def _tampered(own: Served, *statements: str) -> list[str]:
    """Faults that are found after changes made with the database's own rights; the changes are undone."""
    with own.parts.store.engine.connect() as connection:
        for table in TABLES:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            assert connection.execute(sa.text(statement)).rowcount
        found = _verified(own, connection).faults
        connection.rollback()
    return found


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE log_entries SET body = set_byte(body, {byte}, get_byte(body, {byte}) # 1) WHERE index = 3", "level 0, position 3|written"),
        ("UPDATE log_contents SET content = set_byte(content, {byte}, get_byte(content, {byte}) # 1) WHERE index = 2", "entry 2"),
        ("UPDATE log_contents SET salt = set_byte(salt, 0, get_byte(salt, 0) # 1) WHERE index = 2", "entry 2"),
        ("UPDATE log_nodes SET hash = set_byte(hash, 5, get_byte(hash, 5) # 1) WHERE level = 1 AND position = 1", "level 1, position 1"),
        ("DELETE FROM log_nodes WHERE level = 0 AND position = 8", "level 0, position 8"),
        ("INSERT INTO log_nodes VALUES (7, 0, 'x')", "nodes are kept"),
        ("DELETE FROM log_entries WHERE index = 4", "entry 4 is missing"),
        ("DELETE FROM log_entries WHERE index = (SELECT max(index) FROM log_entries)", "nodes are kept"),
        ("UPDATE log_entries SET index = index + 100 WHERE index = 0", "entry 0 is missing"),
        ("UPDATE log_entries SET kind = 'promotion' WHERE index = 1", "entry 1"),
        ("DELETE FROM decisions WHERE entry_no = 6", "entry 6 and the table of decisions"),
        ("UPDATE checkpoints SET note = replace(note, 'lushi', 'other')", "checkpoint over"),
        ("UPDATE checkpoints SET size = 5 WHERE size = 6", "checkpoint over 5"),
        ("INSERT INTO log_entries SELECT 100, kind, recorded_at, body FROM log_entries WHERE index = 0", "is missing"),
    ],
)  # fmt: skip
def test_whatever_is_changed_behind_the_service_is_found(own: Served, statement: str, says: str) -> None:
    for byte in (0, 20, 60) if "{byte}" in statement else (0,):
        faults = _tampered(own, statement.format(byte=byte))
        assert any(re.search(says, fault) for fault in faults), (byte, faults)


def test_two_entries_that_changed_places_are_found(own: Served) -> None:
    swap = "UPDATE log_entries SET body = (SELECT body FROM log_entries o WHERE o.index = 5 - log_entries.index) WHERE index IN (2, 3)"
    assert len([it for it in _tampered(own, swap) if "position" in it]) >= 2


def test_a_log_rewritten_as_a_whole_shows_to_who_kept_a_checkpoint(own: Served) -> None:
    kept = log_tables.checkpoint_of
    with own.parts.store.engine.connect() as connection:
        before = kept(connection, 6)
        for table in TABLES:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for table in ("checkpoints", "log_nodes", "log_contents", "log_entries", "decisions"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
        for number in range(9):
            log.append(connection, kind="promotion", recorded_at=NOW, content=canonical({"n": number}))
        names = tree.names(lambda node: tree.root(9, node))
        nodes = log_tables.nodes(connection, names)
        assert _verified(own, connection).faults == [], "by itself it looks whole"
        root = tree.root(9, lambda *name: nodes[name])
        now = own.parts.signer.sign(9, root)
        path = [base64.b64decode(it) for it in _consistency(connection)]
        connection.rollback()
    assert before is not None
    old, new = (check.read_checkpoint(note, own.parts.signer.public) for note in (before, now))
    with pytest.raises(check.Broken, match="rewritten or forked"):
        check.extends(old.size, old.root, new.size, new.root, path)


def _consistency(connection: sa.Connection) -> list[str]:
    path: list[str] = proofs.consistency(connection, 6, 9)["path"]
    return path


def test_an_erased_content_leaves_every_proof_valid(own: Served) -> None:
    answer = own.client.post("/v1/decisions", json=ask(own.ids()[30])).json()
    index = answer["receipt"]["log_index"]
    with own.parts.store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM log_contents WHERE index = :index"), {"index": index})
    found = _verified(own)
    assert (found.faults, found.erased) == ([], 1)
    left = own.client.get(f"/v1/decisions/{answer['decision_id']}").json()
    assert (left["erased"], left["receipt"]["salt"]) == (True, None)
    # Who kept the answer can still prove it.
    assert check.check(answer, _get(own, "inclusion", index=index), own.parts.signer.public)


def test_checkpoints_of_one_size_are_one(own: Served) -> None:
    assert own.client.get("/v1/log/checkpoint").text == own.client.get("/v1/log/checkpoint").text


def test_while_the_service_runs_checkpoints_are_signed(make_county: Callable[[], Served]) -> None:
    served = make_county()
    often = replace(served.parts, settings=replace(served.parts.settings, checkpoint_seconds=1))
    often.__dict__["store"] = served.parts.store
    with TestClient(create_app(often), headers=served.key()) as client:
        client.post("/v1/decisions", json=ask(served.ids()[0]))
        deadline = time.monotonic() + 20
        while client.post("/v1/decisions", json=ask(served.ids()[0])).json()["receipt"]["checkpoint"] is None:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_what_is_appended_while_the_log_is_verified_is_no_fault(make_county: Callable[[], Served]) -> None:
    served = make_county()
    for number in range(3):
        served.client.post("/v1/decisions", json=ask(served.ids()[number]))

    def meanwhile(done: int) -> None:
        if done == 1:
            served.client.post("/v1/decisions", json=ask(served.ids()[5]))
            served.client.get("/v1/log/checkpoint")

    with served.parts.store.looking(NOW) as moment:
        log_tables.one_snapshot(moment.connection)
        size = log_tables.size(moment.connection)
        found = verify(moment.connection, served.parts.signer, meanwhile)
        assert (found.faults, found.size) == ([], size)
    assert _verified(served).size == size + 1


def test_a_log_longer_than_what_is_compared_at_once_is_compared_whole(
    make_county: Callable[[], Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = make_county()
    for number in range(9):
        served.client.post("/v1/decisions", json=ask(served.ids()[number]))
    monkeypatch.setattr("serving.ledger.verify._AT_ONCE", 3)
    assert _verified(served).faults == []
    broken = "UPDATE log_nodes SET hash = set_byte(hash, 5, get_byte(hash, 5) # 1) WHERE level = {} AND position = {}"
    for name in ((0, 1), (1, 2), (3, 0)):
        assert len(_tampered(served, broken.format(*name))) == 1
