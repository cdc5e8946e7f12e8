"""Policies that people approve: a line of the index and an entry of the log, both or neither.

The index is what the service goes by; the log shows that nobody changed it unseen. A line that has no entry, because it
was written by hand or before there was a log, is adopted when a service starts: the entry says so and names who the line names.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from feature_store.adapters import log_tables, policy_tables
from feature_store.adapters.log_tables import Connection
from feature_store.filing import civil_day
from scoring.canonical import canonical
from scoring.errors import LushiError, PolicyFaults
from scoring.policy.certify import certify
from scoring.policy.in_force import Approval
from scoring.policy.load import index_of, load
from scoring.policy.schema import Policy
from serving.access.two_people import two_people
from serving.ledger import log
from serving.wiring import Parts

INDEX = "index.yaml"


class ApprovalRefused(LushiError):
    """A policy that is not approved; ``reasons`` says why, all of them."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("refused: " + "; ".join(reasons))


@dataclass(frozen=True, slots=True)
class Approved:
    """A policy that binds from its day on. log_index: of its entry."""

    policy: Policy
    log_index: int


def approve_policy(parts: Parts, folder: Path, *, by: str, second: str, why: str) -> Approved:
    """Append a policy to the index and to the log; services that start from now on go by it.

    folder: beside the approved ones, named with letters, digits, dots and hyphens. The index is replaced before the
    entry is committed and put back where that fails.

    Raises:
        ApprovalRefused: unless two different people with a cause approve a whole policy that begins after the last
            approved one and not before today.
        AtWork, StoreUnavailable: where somebody else approves one, or the database is away.
    """
    index = parts.settings.policies / INDEX
    with parts.store.alone("approving a policy"):
        today = civil_day(parts.store.now(parts.clock.now))
        before = index.read_text(encoding="utf-8")
        people = [it.strip() for it in (by, second, why)]
        reasons = two_people(by, second, why)
        policy, after = None, before
        try:
            policy, after = _appended(folder, before, people, today=today, county=parts.settings.policies)
        except ApprovalRefused as refused:
            reasons += refused.reasons
        except PolicyFaults as refused:
            reasons += [str(fault) for fault in refused.faults]
        if reasons or policy is None:
            raise ApprovalRefused(reasons)
        approval = index_of(index.parent, after).approvals[-1]
        written = False
        try:
            with parts.store.moment(parts.clock.now) as moment:
                kind = "policy_approved"
                number = _record(moment.connection, kind, approval, certify(policy).sha256, moment.known_at)
                _replace(index, after)
                written = True
        except BaseException:
            if written:
                _replace(index, before)
            raise
    return Approved(policy, number)


def unrecorded_policies(parts: Parts) -> list[str]:
    """Folders of the index, as this process read it, that no entry of the log records."""
    with parts.store.looking(parts.clock.now()) as moment:
        return [it.folder for it in _unrecorded(parts, moment.connection)]


def adopt_policies(parts: Parts) -> list[str]:
    """Write an entry for every line of the index that has none; their folders.

    Raises:
        StoreUnavailable: where the database is away.
    """
    if not unrecorded_policies(parts):
        return []
    with parts.store.moment(parts.clock.now) as moment:
        log_tables.lock_and_edge(moment.connection)  # of several that start at once the first one adopts
        found = _unrecorded(parts, moment.connection)
        for approval in found:
            certificate = parts.certificates[approval.sha256].sha256
            _record(moment.connection, "policy_adopted", approval, certificate, moment.known_at)
        return [it.folder for it in found]


def _unrecorded(parts: Parts, connection: Connection) -> list[Approval]:
    known = policy_tables.recorded(connection)
    return [it for it in parts.policies.approvals if it.sha256 not in known]


def _record(connection: Connection, kind: str, approval: Approval, certificate: str, at: datetime) -> int:
    """The entry, and its row among the policies; its index in the log."""
    said = {name: str(getattr(approval, name)) for name in approval.__slots__ if name != "node"}
    content = canonical(said | {"certificate_sha256": certificate})
    number = log.append(connection, kind=kind, recorded_at=at, content=content).index
    row = {"entry_no": number, "sha256": approval.sha256, "folder": approval.folder, "kind": kind, "recorded_at": at}
    policy_tables.record(connection, row)
    return number


def _appended(folder: Path, index: str, people: list[str], *, today: date, county: Path) -> tuple[Policy, str]:
    """The policy, and the index with its line."""
    name = folder.name
    if folder.resolve().parent != county.resolve():
        raise ApprovalRefused([f"the folder must lie beside {INDEX}, in the folder that LUSHI_POLICIES names"])
    if not (name.isascii() and name.replace("-", "").replace(".", "").isalnum()):
        raise ApprovalRefused(["the folder must be named with letters, digits, dots and hyphens"])
    policy = load(folder)
    reasons = list(certify(policy).findings)
    if policy.effective_from < today:
        reasons.append(f"it begins on {policy.effective_from}; a policy cannot bind days that have passed")
    if reasons:
        raise ApprovalRefused(reasons)
    values = {
        "folder": name,
        "effective_from": policy.effective_from.isoformat(),
        "sha256": policy.sha256,
        "approved_on": today.isoformat(),
        **{
            key: json.dumps(it, ensure_ascii=False)
            for key, it in zip(("approved_by", "second", "why"), people, strict=True)
        },
    }
    lines = [f"    {key}: {value}\n" for key, value in values.items()]
    after = index.rstrip("\n") + "\n  - " + "".join(lines).lstrip()
    index_of(county, after)  # refuses what does not fit the policies before it
    return policy, after


def _replace(path: Path, text: str) -> None:
    """Put a text into a file, which appears whole or not at all, also after a power cut."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with fresh.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(path.stat().st_mode)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
