"""Which code and libraries trained: for the record, so that a run can be done again."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("lightgbm", "numpy", "scipy", "scikit-learn", "polars", "pandas", "fairlearn", "matplotlib", "mlflow")
_ROOT = Path(__file__).parents[1]


def code_version(root: Path = _ROOT) -> str:
    """The commit checked out, with ``+changed`` where files differ from it; the package's version without git."""
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return f"lushi-credit {_version('lushi-credit')}"
    return commit + ("+changed" if changed else "")


def environment() -> dict[str, str]:
    """Python, machine and library versions."""
    found = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    return found | {name: _version(name) for name in LIBRARIES}


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
