"""ID numbers in the store: whose they are, under which key, and what an import does to them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters import id_numbers
from feature_store.adapters.id_keys import WrongIdKey
from feature_store.id_cipher import COUNTY, REGISTRATION, SEARCH, IdKey, IdNumberUnreadable
from feature_store.identity import check_character

VILLAGE = "411299101201"
A, B = f"{VILLAGE}-0001", f"{VILLAGE}-0002"


def number(serial: int) -> str:
    """A valid number of the invented county."""
    digits = f"41129919800101{serial:03d}"
    return digits + check_character(digits)


def _register(county: Any, numbers: dict[str, str], **how: Any) -> Any:
    rows = [{"household_id": it, "village_code": it[:12], "id_number": no} for it, no in numbers.items()]
    return county.bring(county.write("households", rows, **how))


def _kept(county: Any) -> dict[str, str]:
    with county.store.engine.connect() as connection:
        return id_numbers.opened(connection, [A, B], id_key=county.id_key)


def _found(county: Any, written: str, tenant: str = COUNTY, purpose: str = REGISTRATION) -> str | None:
    with county.store.engine.connect() as connection:
        return id_numbers.find(connection, written, tenant=tenant, purpose=purpose, id_key=county.id_key)


def test_a_number_is_kept_sealed_and_found_by_the_countys_index(county: Any) -> None:
    assert _register(county, {A: number(1).lower(), B: ""}).outcome == "imported"
    assert _kept(county) == {A: number(1)}
    assert _found(county, f" {number(1)} ") == A
    assert _found(county, number(2)) is None
    assert (county.count("id_numbers"), county.count("id_index"), county.count("id_keys")) == (1, 1, 1)
    with county.store.engine.connect() as connection:
        stated = connection.execute(sa.text("SELECT id_stated FROM registrations ORDER BY seq DESC LIMIT 2"))
        assert sorted(stated.scalars()) == [False, True]


def test_a_restated_number_is_not_written_again(county: Any) -> None:
    _register(county, {A: number(1)})
    with county.store.engine.connect() as connection:
        before = connection.execute(sa.text("SELECT xmin::text, ctid::text, nonce FROM id_numbers")).all()
    assert _register(county, {A: number(1)}, observed_on="2017-04-02").outcome == "imported"
    with county.store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT xmin::text, ctid::text, nonce FROM id_numbers")).all() == before


def test_another_number_replaces_the_former_in_every_index(county: Any) -> None:
    _register(county, {A: number(1)})
    with county.store.engine.begin() as connection:
        assert id_numbers.index_for(connection, A, tenant="bank-a", purpose=SEARCH, id_key=county.id_key)
        assert not id_numbers.index_for(connection, B, tenant="bank-a", purpose=SEARCH, id_key=county.id_key)
    _register(county, {A: number(2)}, observed_on="2017-04-02")
    assert _kept(county) == {A: number(2)}
    for index in ((COUNTY, REGISTRATION), ("bank-a", SEARCH)):
        assert (_found(county, number(1), *index), _found(county, number(2), *index)) == (None, A)
    assert _found(county, number(2), "bank-b", SEARCH) is None


def test_a_household_without_a_number_in_a_later_file_keeps_its_number(county: Any) -> None:
    _register(county, {A: number(1)})
    _register(county, {A: ""}, observed_on="2017-04-02")
    assert _kept(county) == {A: number(1)}


def test_a_number_of_an_earlier_day_that_comes_late_changes_nothing(county: Any) -> None:
    _register(county, {A: number(1)}, observed_on="2017-01-01")
    _register(county, {A: number(1)}, observed_on="2017-04-02")
    assert _register(county, {A: number(2)}, observed_on="2017-03-01").outcome == "imported"
    assert (_kept(county), _found(county, number(1)), _found(county, number(2))) == ({A: number(1)}, A, None)
    _register(county, {A: number(2)}, observed_on="2017-04-02")
    assert _kept(county) == {A: number(2)}, "of two for one day the one recorded last stands"


def test_two_households_may_change_numbers_with_each_other(county: Any) -> None:
    _register(county, {A: number(1), B: number(2)})
    assert _register(county, {A: number(2), B: number(1)}, observed_on="2017-04-02").outcome == "imported"
    assert _kept(county) == {A: number(2), B: number(1)}


def test_with_another_key_nothing_is_imported(county: Any) -> None:
    _register(county, {A: number(1)})
    batches, right = county.count("batches"), county.id_key
    county.id_key = IdKey(b"n" * 32)
    with pytest.raises(WrongIdKey, match=f"is {county.id_key.key_id}, but the numbers are under {right.key_id}"):
        _register(county, {B: number(1)})
    with pytest.raises(WrongIdKey), county.store.engine.begin() as connection:
        id_numbers.index_for(connection, A, tenant="bank-a", purpose=SEARCH, id_key=county.id_key)
    assert county.count("batches") == batches


def test_a_fingerprint_of_before_counts_until_the_household_is_registered_again(county: Any) -> None:
    _register(county, {A: number(1)})
    with county.store.engine.begin() as connection:  # as the step of the schema leaves it
        connection.execute(sa.text("DELETE FROM id_numbers"))
        connection.execute(sa.text("DELETE FROM id_keys"))
        row = {"mac": county.id_key.fingerprint_of_before(number(1))}
        connection.execute(sa.text("UPDATE id_index SET key_id = '', mac = :mac"), row)
    assert _found(county, number(1)) == A
    assert [it.column for it in _register(county, {B: number(1)}).faults] == ["id_number"]
    assert _register(county, {A: number(1)}, observed_on="2017-04-02").outcome == "imported"
    assert (_kept(county), _found(county, number(1))) == ({A: number(1)}, A)
    with county.store.engine.connect() as connection:
        keys = connection.execute(sa.text("SELECT key_id FROM id_index")).scalars().all()
    assert keys == [county.id_key.key_id]


def test_a_number_changed_behind_the_store_is_unreadable_until_it_is_imported_again(county: Any) -> None:
    _register(county, {A: number(1), B: number(2)})
    with county.store.engine.begin() as connection:  # each gets the other's ciphertext
        swap = "UPDATE id_numbers n SET nonce = o.nonce, ciphertext = o.ciphertext FROM id_numbers o WHERE o.household_no <> n.household_no"
        assert connection.execute(sa.text(swap)).rowcount == 2
    with pytest.raises(IdNumberUnreadable, match=A):
        _kept(county)
    with county.store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM id_numbers"))
    _register(county, {A: number(1), B: number(2)}, observed_on="2017-04-02")
    assert _kept(county) == {A: number(1), B: number(2)}


def test_after_the_key_is_lost_numbers_start_anew(county: Any) -> None:
    """The steps of docs/privacy.md."""
    _register(county, {A: number(1)})
    county.id_key = IdKey(b"n" * 32)
    with county.store.engine.begin() as connection:
        for table in ("id_numbers", "id_index", "id_keys"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    assert _register(county, {A: number(1)}, observed_on="2017-04-02").outcome == "imported"
    assert (_kept(county), _found(county, number(1))) == ({A: number(1)}, A)
