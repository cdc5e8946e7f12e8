"""The note beside a file: who says it, true when, about whom (``<file>.batch.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import yaml

from feature_store.faults import Findings
from feature_store.filing import Batch, Coverage

ENDING = ".batch.yaml"
KEYS = ("source", "observed_on", "coverage", "areas")
_MOST_BYTES = 100_000
_AREA = re.compile(r"[0-9]{2,12}")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the command line states instead of, or against, the sidecar; None leaves it to the sidecar."""

    source: str | None = None
    observed_on: date | None = None
    coverage: Coverage | None = None
    areas: tuple[str, ...] | None = None


NOTHING = Stated()
"""The command line leaves everything to the sidecar."""


def read_batch(
    path: Path,
    sha256: str,
    findings: Findings,
    *,
    stated: Stated,
    sources: Collection[str],
    areas: Collection[str],
    today: date,
) -> Batch | None:
    """The batch that the sidecar and the command line state; None, with every fault, where they do not.

    sources: those that may file. areas: the codes that a complete list may name.
    """
    written = _written(path, findings, needed=stated.source is None or stated.observed_on is None)
    if findings.refused:
        return None
    source = stated.source or _source(written, findings)
    observed_on = stated.observed_on or _observed_on(written, findings)
    coverage = stated.coverage or _coverage(written, findings)
    codes = stated.areas if stated.areas is not None else _areas(written, findings)
    if source is not None and source not in sources:
        findings.whole(
            "the source is unknown to the policy in force", f"State one of {', '.join(sources)}", column="source"
        )
    if observed_on is not None and observed_on > today:
        findings.whole("observed_on lies in the future", f"State a day up to {today.isoformat()}", column="observed_on")
    if coverage is Coverage.COMPLETE and codes is not None:
        _check_areas(codes, areas, findings)
    if findings.refused or source is None or observed_on is None or coverage is None or codes is None:
        return None
    return Batch(source, observed_on, coverage, codes if coverage is Coverage.COMPLETE else (), path.name, sha256)


def beside(path: Path) -> Stated:
    """What a file's sidecar names, before any check; None where it cannot be told."""
    findings = Findings(path.name)
    written = _written(path, findings, needed=False)
    source = written.get("source")
    return Stated(
        source if isinstance(source, str) else None,
        _observed_on(written, findings),
        _coverage(written, findings),
        _areas(written, findings),
    )


def _written(path: Path, findings: Findings, *, needed: bool) -> Mapping[str, object]:
    note = path.with_name(path.name + ENDING)
    try:
        if note.stat().st_size > _MOST_BYTES:
            findings.whole("the sidecar is too large", f"Keep only the keys {', '.join(KEYS)}")
            return {}
        read = yaml.safe_load(note.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if needed:
            findings.whole(
                f"the sidecar {note.name} is missing",
                "Write it beside the file, or state --source, --observed-on and --coverage",
            )
        return {}
    except (OSError, UnicodeDecodeError):
        findings.whole(f"the sidecar {note.name} cannot be read", "Save it as UTF-8 text")
        return {}
    except (yaml.YAMLError, ValueError, RecursionError):
        findings.whole(f"the sidecar {note.name} is not YAML", f"Write the keys {', '.join(KEYS)}, one a line")
        return {}
    if not isinstance(read, dict) or not all(isinstance(key, str) and key in KEYS for key in read):
        findings.whole(f"the sidecar {note.name} has other keys than it may", f"Keep only {', '.join(KEYS)}")
        return {}
    words = [read.get("source"), read.get("coverage")]
    words += it if isinstance(it := read.get("areas"), list) else []
    if not all(storable(word) for word in words if isinstance(word, str)):
        findings.whole(f"the sidecar {note.name} holds characters that are no text", "Write plain words")
        return {}
    return read


def storable(text: str) -> bool:
    """Whether a text can be kept and shown: short, without control characters or halves of characters."""
    return len(text) <= 300 and text.isprintable()


def _source(written: Mapping[str, object], findings: Findings) -> str | None:
    source = written.get("source")
    if isinstance(source, str) and source:
        return source
    findings.whole("the sidecar states no source", "Add, for example, source: police", column="source")
    return None


def _observed_on(written: Mapping[str, object], findings: Findings) -> date | None:
    day = written.get("observed_on")
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            day = None
    if isinstance(day, date) and not isinstance(day, datetime) and day.year >= 1950:
        return day
    findings.whole("the sidecar states no day", "Add, for example, observed_on: 2017-03-31", column="observed_on")
    return None


def _coverage(written: Mapping[str, object], findings: Findings) -> Coverage | None:
    coverage = written.get("coverage")
    try:
        return Coverage(coverage if isinstance(coverage, str) else "")
    except ValueError:
        findings.whole(
            "the sidecar states no coverage", "Add coverage: complete or coverage: listed", column="coverage"
        )
        return None


def _areas(written: Mapping[str, object], findings: Findings) -> tuple[str, ...] | None:
    codes = written.get("areas", [])
    if isinstance(codes, list) and all(isinstance(it, str) for it in codes):
        return tuple(codes)
    findings.whole("the areas are not a list of codes", 'Write them in quotes: areas: ["411299"]', column="areas")
    return None


def _check_areas(codes: tuple[str, ...], known: Collection[str], findings: Findings) -> None:
    if not codes:
        findings.whole("a complete list names no areas", 'Add, for example, areas: ["411299"]', column="areas")
    elif not all(_AREA.fullmatch(code) and code in known for code in codes):
        findings.whole(
            "a complete list names an area that is not in the register",
            "Import the file of areas first, or mend the code",
            column="areas",
        )
