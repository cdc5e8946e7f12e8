"""A PostgreSQL 15 of the tests' own, from programs that the machine already has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

VARIABLE = "LUSHI_TEST_POSTGRES_15"
MISSING = (
    f"PostgreSQL 15 is not on this machine: install Debian's postgresql-15, or set {VARIABLE} to its folder of programs"
)
_PLACES = (Path("/usr/lib/postgresql/15/bin"), Path("/usr/pgsql-15/bin"))


def programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl`` of PostgreSQL 15; None where there is none."""
    given = os.environ.get(VARIABLE)
    for place in (Path(given),) if given else _PLACES:
        if (place / "initdb").is_file() and (place / "pg_ctl").is_file():
            return place
    return None


@contextmanager
def running(programs: Path, folder: Path, *, user: str | None) -> Iterator[str]:
    """The URL of a server in an empty folder, which listens on its Unix socket alone.

    user: the system user that it runs as (PostgreSQL refuses root); None for ours.
    """

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            cwd=folder,
            timeout=120,
        )

    data = folder / "data"
    if user is not None:
        shutil.chown(folder, user)
    run("initdb", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "-U", "postgres", "-D", str(data), "--no-sync")
    options = f"-h '' -k {folder} -F -c timezone=UTC -c jit=off"  # a test's data need not survive a power cut
    run("pg_ctl", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options, "start")
    try:
        url = sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
        yield url.render_as_string(hide_password=False)
    finally:
        run("pg_ctl", "-w", "-D", str(data), "-m", "fast", "stop")
