"""A whole county through the commands, each as a process of its own: import, register, memory.

The peer of an import is pandas reading the same files as text and doing nothing else.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas
import psutil

ON = "2017-04-20"


@dataclass(frozen=True, slots=True)
class Ran:
    """Wall seconds of a process, and the most memory in MB that it and its database held together."""

    seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class County:
    """One format's figures. read_seconds: pandas reading the same CSV files."""

    format: str
    imported: Ran
    read_seconds: float | None
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
    most = 0.0
    while process.poll() is None:
        most = max(most, _memory(process.pid, settings["LUSHI_DATA"]))
        time.sleep(0.2)
    if process.returncode:
        raise RuntimeError(f"lushi {command[0]} ended with {process.returncode}")
    return Ran(time.perf_counter() - start, most / 2**20)


def _memory(pid: int, folder: str) -> float:
    """Bytes held by the process and by the database server of the folder (shared pages counted once)."""
    held = 0.0
    for one in psutil.process_iter(["pid", "name", "cmdline"]):
        with contextlib.suppress(psutil.Error):
            server = one.info["name"] == "postgres" and folder in " ".join(one.info["cmdline"] or [])
            for part in [one, *one.children(recursive=True)] if server else [one] if one.info["pid"] == pid else []:
                held += part.memory_full_info().pss
    return held


def _read(files: Path) -> float | None:
    """Seconds that pandas takes to read the CSV files as text; None where there are none."""
    found = sorted(files.rglob("*.csv"))
    start = time.perf_counter()
    for path in found:
        pandas.read_csv(path, dtype=str)
    return time.perf_counter() - start if found else None
