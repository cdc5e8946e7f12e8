"""Key files in the data folder: made once, whole or not at all, and the change of the key of ID numbers from one to the next."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from feature_store.id_cipher import SECRET_BYTES, IdKey
from scoring.errors import LushiError
from serving.settings import Settings

ID_KEY = "id.key"
ID_KEY_BEFORE = "id.key.before"


def key_file(path: Path) -> bytes:
    """The key in a file, made once: written whole beside it first, so that no crash leaves half a key.

    Raises:
        LushiError: where the file does not hold a key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = _beside(path, secrets.token_bytes(SECRET_BYTES))
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(fresh, path)
        fresh.unlink()
    key = path.read_bytes()
    if len(key) != SECRET_BYTES:
        raise LushiError(f"{path} does not hold a key of 32 bytes; restore it from your backup")
    return key


def id_key(settings: Settings) -> IdKey:
    """The key of ID numbers, and the one before it while it is being changed.

    Raises:
        LushiError: where a key file does not hold a key.
    """
    if settings.id_key is not None:
        return IdKey(settings.id_key, IdKey(settings.id_key_before) if settings.id_key_before else None)
    # In this order: while keys change, the older file is there before the newer key is.
    now, before = key_file(settings.data / ID_KEY), settings.data / ID_KEY_BEFORE
    return IdKey(now, IdKey(key_file(before)) if before.exists() else None)


def next_id_key(settings: Settings) -> IdKey:
    """Make the next key, the present one kept beside it; where a change was begun before, that change's keys.

    Nothing is made where the keys stand in the environment: there the operator sets both.

    Raises:
        LushiError: where the environment names no key before, or a key file does not hold a key.
    """
    found = id_key(settings)
    if len(found.both) == 2:
        return found
    if settings.id_key is not None:
        raise LushiError("set LUSHI_ID_KEY to the new key and LUSHI_ID_KEY_BEFORE to the one until now, then try again")
    path = settings.data / ID_KEY
    _beside(path, found.secret).replace(settings.data / ID_KEY_BEFORE)
    _sync(path.parent)
    _beside(path, secrets.token_bytes(SECRET_BYTES)).replace(path)
    _sync(path.parent)
    return id_key(settings)


def forget_id_key_before(settings: Settings) -> None:
    """Remove the file of the key before; nothing may be left under it."""
    if settings.id_key is None:
        (settings.data / ID_KEY_BEFORE).unlink(missing_ok=True)
        _sync(settings.data)


def _beside(path: Path, key: bytes) -> Path:
    """A file beside another that holds a key and that only its owner reads, safely on disk."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _sync(folder: Path) -> None:
    """Make sure that the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
