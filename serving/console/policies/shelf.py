"""The county's policies as they lie on disk: approved ones by the index, all other folders as drafts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from scoring.errors import Fault, PolicyFaults
from scoring.policy.certify import Certificate, certify
from scoring.policy.differ import Change, differences
from scoring.policy.in_force import Approval, Policies
from scoring.policy.load import TRIAL, index_of, policy_of, read_texts, sha256_of
from scoring.policy.schema import Policy

NAME = r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}"
"""A folder that can be approved; what is named otherwise is no draft."""
MOST_DRAFTS = 50
_INDEX = "index.yaml"


@dataclass(frozen=True, slots=True)
class Version:
    """A policy's folder. policy: None where faults keep it from being read. approval: None of a draft. binds: today, in this service."""

    folder: str
    policy: Policy | None
    approval: Approval | None
    faults: tuple[Fault, ...] = ()
    loaded: bool = True
    binds: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A version with its proofs. before: the folder of the version that it follows, '' for the first."""

    version: Version
    sha256: str
    certificate: Certificate | None
    before: str
    changes: tuple[Change, ...]
    limits_changed: bool


class Shelf:
    """The folder of a county's policies, read anew at each visit; what was read before is not worked out again."""

    def __init__(self, folder: Path, loaded: Policies, today: date) -> None:
        """Read the index and the names of drafts.

        loaded: the policies that this service goes by since it started.
        """
        self._folder, self._loaded = folder, loaded
        index = folder / _INDEX
        self._approved = _index(folder, index.read_text(encoding="utf-8"), index.stat().st_mtime_ns)
        binds = [it.effective_from for it in loaded.policies if it.effective_from <= today]
        self._binds = binds[-1] if binds else None

    def approved(self) -> list[Version]:
        """The approved versions, newest first."""
        rows = zip(self._approved.approvals, self._approved.policies, strict=True)
        found = [
            Version(
                approval.folder,
                policy,
                approval,
                loaded=self._loaded.by_sha256(approval.sha256) is not None,
                binds=approval.effective_from == self._binds,
            )
            for approval, policy in rows
        ]
        return found[::-1]

    def drafts(self) -> list[Version]:
        """Folders that the index does not name, by name."""
        approved = {it.folder for it in self._approved.approvals}
        names = sorted(it.name for it in self._folder.iterdir() if it.is_dir() and re.fullmatch(NAME, it.name))
        return [self._draft(it) for it in names if it not in approved][:MOST_DRAFTS]

    def open(self, name: str) -> Opened | None:
        """A version by its folder's name; None where there is none."""
        version = next((it for it in [*self.approved(), *self.drafts()] if it.folder == name), None)
        if version is None:
            return None
        if version.policy is None:
            return Opened(version, "", None, "", (), False)
        folders = [it.folder for it in self._approved.approvals]
        earlier = folders[: folders.index(name)] if name in folders else folders
        before, texts = (earlier[-1] if earlier else ""), read_texts(self._folder / name)
        old = read_texts(self._folder / before) if before else {}
        changes = _changes(_Texts(old), _Texts(texts)) if before else ()
        changed = bool(before) and old.get(TRIAL) != texts.get(TRIAL)
        return Opened(version, version.policy.sha256, _certificate(_Texts(texts)), before, changes, changed)

    def path(self, name: str) -> Path:
        """The folder of a version that :meth:`open` knows."""
        return self._folder / name

    def _draft(self, name: str) -> Version:
        try:
            return Version(name, _policy(_Texts(read_texts(self._folder / name))), None, loaded=False)
        except PolicyFaults as refused:
            return Version(name, None, None, tuple(refused.faults), loaded=False)


class _Texts:
    """A policy's texts, the same as others of the same hash."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts, self.sha256 = texts, sha256_of(texts)

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Texts) and self.sha256 == other.sha256


@lru_cache(maxsize=4)
def _index(folder: Path, text: str, _changed: int) -> Policies:
    return index_of(folder, text)


@lru_cache(maxsize=64)
def _policy(it: _Texts) -> Policy:
    return policy_of(it.texts)


@lru_cache(maxsize=32)
def _certificate(it: _Texts) -> Certificate:
    return certify(_policy(it))


@lru_cache(maxsize=32)
def _changes(before: _Texts, after: _Texts) -> tuple[Change, ...]:
    return tuple(differences(before.texts, after.texts))
