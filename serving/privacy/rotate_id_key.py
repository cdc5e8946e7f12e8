"""The key of ID numbers changed for another: every number under the new one, then the old one is removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feature_store.adapters import id_keys, id_rotation, recording
from feature_store.adapters.id_keys import WrongIdKey
from feature_store.id_cipher import IdKey
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.two_people import named
from serving.key_files import forget_id_key_before, next_id_key
from serving.ledger import log
from serving.wiring import Parts

_SHOWN = 20
"""Households named in one message."""


class RotationRefused(LushiError):
    """The key was not changed, or not for every number; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """A change of keys that is done. numbers: how many are kept; moved: how many this run moved; dropped: fingerprints forgotten."""

    key_id: str
    numbers: int
    moved: int
    dropped: int


def rotate(
    parts: Parts,
    *,
    by: str,
    drop_without_number: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Rotated:
    """Change the key of ID numbers. Interrupted at any point, it goes on when it is called again.

    With key files the next key is made here; with keys in the environment both are set there. Meanwhile the service
    searches and imports go on. progress: called with households done and to be done.

    Raises:
        RotationRefused: where nobody's name is given, fingerprints stand without their numbers (unless they are dropped), or
            a number cannot be read; then the old key stays.
        WrongIdKey: where the key at hand is not the one in use.
        AtWork: where another process changes keys.
        StoreUnavailable: where the database is away.
    """
    if faults := named(by):
        raise RotationRefused("; ".join(faults))
    with parts.store.alone("id rotate"):
        _check(parts, drop_without_number)
        key = next_id_key(parts.settings)
        with parts.store.writing() as connection:
            dropped = id_rotation.drop_fingerprints_without_number(connection) if drop_without_number else 0
            id_rotation.change_key(connection, key, parts.clock.now)
        moved, unreadable = _move(parts, key, progress)
        if unreadable:
            raise RotationRefused(
                f"{len(unreadable)} numbers cannot be read and stay under the key before, which is kept: restore their rows of"
                " id_numbers from a backup, or remove their rows of id_index and id_numbers and import the households again; then"
                f" try again. Households: {', '.join(unreadable[:_SHOWN])}{' …' if len(unreadable) > _SHOWN else ''}"
            )
        numbers = _complete(parts, key, by)
        id_rotation.compact(parts.store.engine)
        forget_id_key_before(parts.settings)
    return Rotated(key.key_id, numbers, moved, dropped)


def _check(parts: Parts, drop_without_number: bool) -> None:
    """Nothing is begun that could not be ended."""
    with parts.store.writing() as connection:
        found, bare = id_keys.in_use(connection), id_rotation.fingerprints_without_number(connection)
    at_hand = parts.id_key
    if found is not None and found[0] not in {it.key_id for it in at_hand.both}:
        raise WrongIdKey(at_hand.key_id, found[0])
    if bare and not drop_without_number:
        raise RotationRefused(
            f"{bare} households were registered before numbers were kept: only a fingerprint under the present key is there."
            " Import the file of households again first; or, with --drop-without-number, forget these fingerprints"
        )


def _move(parts: Parts, key: IdKey, progress: Callable[[int, int], None]) -> tuple[int, list[str]]:
    with parts.store.writing() as connection:
        count = id_rotation.left(connection, key)
    moved, after, unreadable = 0, 0, list[str]()
    while True:
        progress(moved, count)
        with parts.store.writing() as connection:
            some = id_rotation.move_some(connection, key, after=after)
        if some.last is None:
            return moved, unreadable
        moved, after = moved + some.count, some.last
        unreadable += some.unreadable


def _complete(parts: Parts, key: IdKey, by: str) -> int:
    """Record that nothing is left under another key, once, with its entry in the log; how many numbers are kept."""
    with parts.store.writing() as connection:
        id_keys.alone(connection)
        numbers = id_rotation.how_many(connection)
        found = id_keys.in_use(connection)
        if id_rotation.left(connection, key) or found is None or found[0] != key.key_id:
            raise RotationRefused("numbers were written under another key meanwhile; try again")
        if not found[1]:
            now = recording.fix_known_at(connection, parts.clock.now)
            id_keys.complete(connection, now=now)
            before = key.before.key_id if key.before is not None else None
            said = {"by": by.strip(), "from": before, "to": key.key_id, "numbers": numbers}
            log.append(connection, kind="id_key_rotated", recorded_at=now, content=canonical(said))
    return numbers
