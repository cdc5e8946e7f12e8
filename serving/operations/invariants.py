"""What must hold of everything recorded, checked on live data again and again: one function for each invariant.

A violation names ids only. Whatever is found was written past the service, or is an error of ours: an operator must look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from feature_store.adapters import closing_tables, log_tables, recorded
from feature_store.adapters.recorded import Row
from scoring.policy.in_force import Policies
from scoring.policy.schema import Policy
from serving.ledger import proofs, tree
from serving.ledger.checkpoint import size_of
from serving.operations.decision_invariants import OF_A_BINDING, content_is_as_committed, read
from serving.wiring import Parts

BATCH = 500
"""Decisions read in one transaction."""
MOST = 50_000
"""Decisions of one turn while the service runs; what is left over waits for the next turn."""
LAST_ENTRIES = 1_000
"""Entries at the log's end that are compared one by one; ``lushi ledger verify`` compares all."""
MOST_KEPT = 100
"""Violations that are kept in words; all are counted."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One invariant that does not hold. about: ids of decisions or entries."""

    invariant: str
    about: str
    what: str


@dataclass(slots=True)
class Found:
    """What a check came to. decisions: how many were read. next: index from which on the next one goes on."""

    decisions: int = 0
    next: int = 0
    checks: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def checked(self, invariant: str, about: str, faults: Iterator[str]) -> None:
        """Note one check and what it found."""
        self.checks[invariant] = self.checks.get(invariant, 0) + 1
        for what in faults:
            self.counts[invariant] = self.counts.get(invariant, 0) + 1
            if len(self.violations) < MOST_KEPT:
                self.violations.append(Violation(invariant, about, what))


def log_head_is_the_database(parts: Parts, connection: log_tables.Connection) -> Iterator[str]:
    """Entries, leaves and decisions at the log's end belong together without a gap, and the newest checkpoint holds."""
    size, last = log_tables.size(connection), recorded.newest(connection, LAST_ENTRIES)
    if (leaves := recorded.leaves(connection)) != size:
        yield f"it has {size} entries and {leaves} leaves"
    for expected, entry in zip(range(size - 1, -1, -1), last, strict=False):
        if entry.at != expected:
            yield f"entry {expected} is missing"
            break
        if entry.leaf != tree.leaf_hash(entry.body):
            yield f"the leaf of entry {entry.at} is missing or wrong"
        if (entry.kind == "decision") is not entry.decided:
            yield f"entry {entry.at} and the table of decisions do not belong together"
        yield from (f"entry {entry.at}: {what}" for what in content_is_as_committed(entry))
    note = log_tables.newest_checkpoint(connection)
    if note is not None and not proofs.holds(connection, parts.signer, note):
        yield f"the checkpoint over {size_of(note)} entries is not what this log and key sign"


COMMITTED, HEAD, ONE_BANK = "content_is_as_committed", "log_head_is_the_database", "one_bank_at_a_time"
NAMES = (*(name for name, _ in OF_A_BINDING), COMMITTED, HEAD, ONE_BANK)
"""Every invariant, as it is counted and shown."""


def check(
    parts: Parts, *, start: int = 0, most: int | None = None, progress: Callable[[int], None] = lambda _: None
) -> Found:
    """Check every invariant: the log's end, and the decisions from an index of the log on.

    most: decisions that are read at most; None for all. progress: told how many were read so far.

    Raises:
        StoreUnavailable: where the database is away.
    """
    found, now = Found(next=start), parts.clock.now()
    with parts.store.looking(now) as moment:
        log_tables.one_snapshot(moment.connection)
        found.checked(HEAD, "log", log_head_is_the_database(parts, moment.connection))
        found.checked(ONE_BANK, "log", iter(()))
        for number, ids in closing_tables.open_at_several(moment.connection, now=now):
            said = f"open at several banks: {', '.join(map(str, ids))}"
            found.checked(ONE_BANK, f"household no. {number}", iter((said,)))
    while most is None or found.decisions < most:
        with parts.store.looking(now) as moment:
            rows = recorded.decisions(moment.connection, start=found.next, most=BATCH)
        if not rows:
            break
        for row in rows:
            _decision(row, parts.policies, found)
        found.decisions, found.next = found.decisions + len(rows), rows[-1].at + 1
        progress(found.decisions)
    return found


def _decision(row: Row, policies: Policies, found: Found) -> None:
    about = str(row.decision_id)
    found.checked(COMMITTED, about, content_is_as_committed(row))
    if row.content is None:
        return
    said = read(row.content).get("binding", {})
    for name, invariant in OF_A_BINDING:
        found.checked(name, about, _held(invariant, said, policies))


def _held(
    invariant: Callable[[dict[str, Any], Policy], Iterator[str]], said: dict[str, Any], policies: Policies
) -> Iterator[str]:
    """What an invariant finds; a content that is not laid out as decisions are violates it too."""
    try:
        policy = policies.by_sha256(said["policy"]["sha256"])
        if policy is None:
            yield "its policy is not among the approved ones"
        else:
            yield from list(invariant(said, policy))
    except (KeyError, TypeError, ValueError, AttributeError):
        yield "its content is not laid out as a decision's"
