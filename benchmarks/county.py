"""A whole county through the commands, each as a process of its own: import, register, memory.

The peer of an import is pandas reading the same files as text and doing nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas

ON = "2017-04-20"


@dataclass(frozen=True, slots=True)
class Ran:
    """Wall seconds of a process, and the greatest memory in MB that it (not its database) held."""

    seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class County:
    """One format's figures. read_seconds: pandas reading the same files."""

    format: str
    imported: Ran
    read_seconds: float
    graded: Ran


def measure(households: int, format: str) -> County:
    """Write one full round (every source names every household), import it, grade it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        settings = {"LUSHI_DATA": str(folder / "var"), "LUSHI_NOW": f"{ON}T09:00:00+08:00"}
        files = folder / "files"
        _run(["synthetic", str(files), "--households", str(households), "--full-rows", "--format", format], settings)
        imported = _run(["import", str(files)], settings)
        read = _read(files)
        graded = _run(["grade", "--on", ON], settings)
        _run(["stop"], settings)
        return County(format, imported, read, graded)


def _run(command: list[str], settings: dict[str, str]) -> Ran:
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "lushi", *command],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"lushi {command[0]} ended with {process.returncode}")
    return Ran(time.perf_counter() - start, used.ru_maxrss / 1024)


def _read(files: Path) -> float:
    start = time.perf_counter()
    for path in sorted(files.rglob("*.csv")):
        pandas.read_csv(path, dtype=str)
    for path in sorted(files.rglob("*.parquet")):
        pandas.read_parquet(path)
    return time.perf_counter() - start
