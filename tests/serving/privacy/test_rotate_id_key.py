"""The key of ID numbers is changed: whatever interrupts it, every number is under one key or the other, and in the end under the new."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from feature_store.adapters import id_keys, id_numbers, id_rotation
from feature_store.adapters.id_keys import WrongIdKey
from feature_store.adapters.import_file import import_file
from feature_store.adapters.store import AtWork
from feature_store.id_cipher import COUNTY, REGISTRATION, SEARCH, IdKey
from feature_store.identity import check_character
from serving import key_files
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.ledger.verify import verify
from serving.privacy import rotate_id_key
from serving.privacy.find_household import search
from serving.privacy.rotate_id_key import RotationRefused, rotate
from serving.wiring import Parts
from tests.serving.served import NOW, Served, numbers_of

AUDITOR = Caller("li", "audit", Role.AUDITOR)


class Stopped(Exception):
    """The program was killed here."""


@pytest.fixture
def own(make_county: Callable[[], Served], monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A county of the test's own, thirty households moved at a time, some of them in a bank's index too."""
    own = make_county()
    with own.parts.store.engine.begin() as connection:
        for household_id in own.ids()[:20]:
            id_numbers.index_for(connection, household_id, tenant="bank-x", purpose=SEARCH, id_key=own.parts.id_key)
    monkeypatch.setattr(id_rotation, "AT_ONCE", 30)
    yield own
    own.parts.close()


def _under(own: Served) -> tuple[set[str], set[str]]:
    """The key ids that stand in both tables."""
    with own.parts.store.engine.connect() as connection:
        tables = ("id_numbers", "id_index")
        found = [set(connection.execute(sa.text(f"SELECT key_id FROM {it}")).scalars()) for it in tables]
    return found[0], found[1]


def _whole(own: Served, expected: dict[str, str]) -> None:
    """Every number is there, and found by the county's index and by the bank's."""
    assert numbers_of(own) == expected
    for household_id, number in expected.items():
        assert search(number, own.parts, caller=AUDITOR) == household_id
    with own.parts.store.engine.connect() as connection:
        for household_id in set(own.ids()[:20]) & set(expected):
            how = {"tenant": "bank-x", "purpose": SEARCH, "id_key": own.parts.id_key}
            assert id_numbers.find(connection, expected[household_id], **how) == household_id


def _done(own: Served, *, old: str, rotations: int) -> None:
    """Nothing is left of the old key, the files are as they should be, and the log says it once."""
    new = own.parts.id_key
    assert new.before is None
    assert new.key_id != old
    assert _under(own) == ({new.key_id}, {new.key_id})
    assert {it.name for it in own.folder.iterdir() if "id.key" in it.name} == {"id.key"}
    assert (own.folder / "id.key").stat().st_mode & 0o777 == 0o600
    with own.parts.store.looking(NOW) as moment:
        found = verify(moment.connection, own.parts.signer)
    assert (found.faults, found.kinds["id_key_rotated"]) == ([], rotations)


def _register(own: Served, household_id: str, number: str) -> Any:
    path = own.folder / f"households-{number[14:17]}.csv"
    pl.DataFrame(
        {"household_id": [household_id], "village_code": [household_id[:12]], "id_number": [number]}
    ).write_csv(path)
    path.with_name(path.name + ".batch.yaml").write_text(
        "source: households\nobserved_on: 2017-04-19\ncoverage: listed\n"
    )
    return import_file(own.parts.store, path, policies=own.parts.policies, now=own.clock.now, id_key=own.parts.id_key)


def _number(serial: int) -> str:
    digits = f"41129919010101{serial:03d}"
    return digits + check_character(digits)


def test_every_number_moves_and_a_second_change_moves_them_again(own: Served) -> None:
    expected = numbers_of(own)
    for rotations in (1, 2):
        old, shown = own.parts.id_key.key_id, list[tuple[int, int]]()
        done = rotate(own.parts, by="Zhang San", progress=lambda now, of, shown=shown: shown.append((now, of)))
        assert (done.numbers, done.moved, done.key_id) == (len(expected), len(expected), own.parts.id_key.key_id)
        assert shown[0] == (0, len(expected))
        assert shown[-1] == (len(expected), len(expected))
        _whole(own, expected)
        _done(own, old=old, rotations=rotations)


def test_killed_at_any_batch_it_goes_on_and_meanwhile_everything_works(own: Served) -> None:
    expected, old = numbers_of(own), own.parts.id_key.key_id
    stops = (0, 2, 5)
    for stop in stops:
        calls = iter(range(100))

        def killed(_: int, __: int, calls: Iterator[int] = calls, stop: int = stop) -> None:
            if next(calls) == stop:
                raise Stopped

        with pytest.raises(Stopped):
            rotate(own.parts, by="Zhang San", progress=killed)
        assert own.parts.id_key.before is not None
        _whole(own, expected)
        moved = own.ids()[stop]
        expected[moved] = _number(stop)
        assert _register(own, moved, _number(stop)).outcome == "imported"
        assert [it.column for it in _register(own, own.ids()[50], expected[own.ids()[60]]).faults] == ["id_number"]
        _whole(own, expected)
    numbers, index = _under(own)
    assert len(numbers) == len(index) == 2, "it was stopped half-way"
    done = rotate(own.parts, by="Zhang San")
    assert 0 < done.moved < done.numbers
    _whole(own, expected)
    _done(own, old=old, rotations=1)


@pytest.mark.parametrize(
    "where",
    ["next_id_key", "id_rotation.change_key", "_complete", "id_rotation.compact", "forget_id_key_before"],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_before_and_after_each_step_it_goes_on(
    own: Served, monkeypatch: pytest.MonkeyPatch, where: str, when: str
) -> None:
    expected, old = numbers_of(own), own.parts.id_key.key_id
    module, _, name = where.rpartition(".")
    holder = getattr(rotate_id_key, module) if module else rotate_id_key
    really = getattr(holder, name)

    def killed(*words: Any, **more: Any) -> None:
        if when == "after":
            really(*words, **more)
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(holder, name, killed)
        with pytest.raises(Stopped):
            rotate(own.parts, by="Zhang San")
    _whole(own, expected)
    # Where the change had ended but for the return, the next call is a change of its own.
    ended = where == "forget_id_key_before" and when == "after"
    rotate(own.parts, by="Zhang San")
    _whole(own, expected)
    _done(own, old=old, rotations=2 if ended else 1)


def test_killed_between_the_two_key_files_no_key_is_lost(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, old = numbers_of(own), own.parts.id_key.key_id
    syncs = iter(range(9))

    def killed(folder: Path) -> None:
        if next(syncs) == 0:
            raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(key_files, "_sync", killed)
        with pytest.raises(Stopped):
            rotate(own.parts, by="Zhang San")
    assert {it.name for it in own.folder.iterdir() if "id.key" in it.name} == {"id.key", "id.key.before"}
    assert own.parts.id_key.key_id == old
    _whole(own, expected)
    rotate(own.parts, by="Zhang San")
    _whole(own, expected)
    _done(own, old=old, rotations=1)


def _with_keys(own: Served, key: IdKey) -> Parts:
    before = key.before.secret if key.before is not None else None
    parts = replace(own.parts, settings=replace(own.parts.settings, id_key=key.secret, id_key_before=before))
    parts.__dict__["store"] = own.parts.store
    return parts


def test_keys_in_the_environment_are_changed_by_the_operator(own: Served) -> None:
    expected, old = numbers_of(own), own.parts.id_key
    with pytest.raises(RotationRefused, match="who does it"):
        rotate(own.parts, by="·")
    with pytest.raises(WrongIdKey, match=f"numbers are under {old.key_id}"):
        rotate(_with_keys(own, IdKey(b"n" * 32)), by="Zhang San")
    with pytest.raises(Exception, match="LUSHI_ID_KEY_BEFORE to the one until now"):
        rotate(_with_keys(own, IdKey(old.secret)), by="Zhang San")
    parts = _with_keys(own, IdKey(b"n" * 32, before=old))
    assert rotate(parts, by="Zhang San").moved == len(expected)
    _whole(replace(own, parts=_with_keys(own, IdKey(b"n" * 32))), expected)
    assert rotate(parts, by="Zhang San").moved == 0, "again with the same keys: nothing to do, nothing more in the log"
    with own.parts.store.looking(NOW) as moment:
        found = verify(moment.connection, own.parts.signer)
    assert (found.faults, found.kinds["id_key_rotated"]) == ([], 1)
    with pytest.raises(WrongIdKey):  # a program that still has the old key writes nothing under it
        _register(own, own.ids()[0], _number(7))
    with own.parts.store.engine.connect() as connection:
        assert id_keys.in_use(connection) == (IdKey(b"n" * 32).key_id, True)


def test_a_number_that_cannot_be_read_keeps_the_old_key_and_is_named(own: Served) -> None:
    expected, broken = numbers_of(own), own.ids()[30]
    of = "WHERE household_no = (SELECT household_no FROM households WHERE household_id = :id)"
    with own.parts.store.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE id_numbers SET nonce = nonce || '\\x00' {of}"), {"id": broken})
    with pytest.raises(RotationRefused, match=f"1 numbers cannot be read.*{broken}"):
        rotate(own.parts, by="Zhang San")
    assert own.parts.id_key.before is not None
    with own.parts.store.engine.begin() as connection:
        for table in ("id_index", "id_numbers"):
            connection.execute(sa.text(f"DELETE FROM {table} {of}"), {"id": broken})
    old = own.parts.id_key.before.key_id
    rotate(own.parts, by="Zhang San")
    del expected[broken]
    _whole(own, expected)
    _done(own, old=old, rotations=1)
    expected[broken] = _number(1)
    assert _register(own, broken, _number(1)).outcome == "imported"
    assert numbers_of(own) == expected


def test_fingerprints_whose_numbers_were_never_kept_are_not_lost_unasked(own: Served) -> None:
    expected, bare, old = numbers_of(own), own.ids()[30], own.parts.id_key
    with own.parts.store.engine.begin() as connection:
        of = "WHERE household_no = (SELECT household_no FROM households WHERE household_id = :id)"
        connection.execute(sa.text(f"DELETE FROM id_numbers {of}"), {"id": bare})
        row = {"id": bare, "mac": old.fingerprint_of_before(expected[bare])}
        connection.execute(sa.text(f"UPDATE id_index SET key_id = '', mac = :mac {of}"), row)
    assert search(expected[bare], own.parts, caller=AUDITOR) == bare
    with pytest.raises(RotationRefused, match="1 households were registered before numbers were kept"):
        rotate(own.parts, by="Zhang San")
    assert own.parts.id_key == old
    assert rotate(own.parts, by="Zhang San", drop_without_number=True).dropped == 1
    del expected[bare]
    _whole(own, expected)
    _done(own, old=old.key_id, rotations=1)


def test_only_one_changes_keys_at_a_time(own: Served) -> None:
    with own.parts.store.alone("id rotate"), pytest.raises(AtWork):
        rotate(own.parts, by="Zhang San")
    assert own.parts.id_key.before is None


def test_numbers_imported_and_searched_while_keys_change_are_neither_lost_nor_old(own: Served) -> None:
    expected, old = numbers_of(own), own.parts.id_key.key_id
    failures: list[BaseException] = []
    over = threading.Event()

    def meanwhile() -> None:
        try:
            for serial in range(100, 140):
                household_id = own.ids()[serial - 60]
                for _ in range(20):
                    with suppress(WrongIdKey):  # between the new key's file and its first use: told to try again
                        _register(own, household_id, _number(serial))
                        break
                expected[household_id] = _number(serial)
                assert search(_number(serial), own.parts, caller=AUDITOR) == household_id
        except BaseException as error:
            failures.append(error)
        over.set()

    thread = threading.Thread(target=meanwhile)
    thread.start()
    rotations = 0
    while not over.is_set():
        rotate(own.parts, by="Zhang San")
        rotations += 1
    thread.join(60)
    assert failures == []
    assert rotations >= 1
    _whole(own, expected)
    _done(own, old=old, rotations=rotations)
    with own.parts.store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT count(*) FROM id_index WHERE tenant = :t AND purpose = :p"), {"t": COUNTY, "p": REGISTRATION}).scalar_one()  # fmt: skip
    assert rows == len(expected), "one row each: no number of before stands beside the new one"
