"""What one person proposed and another confirmed, declined or the first took back: only ever appended to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from feature_store.adapters.fact_tables import WHEN, metadata

Kind = Literal["promote", "rollback", "suspend", "resume", "approve_policy"]
Outcome = Literal["confirmed", "declined", "withdrawn"]


def _entry() -> sa.Column[int]:
    entry = sa.ForeignKey("log_entries.index")
    return sa.Column("entry_no", sa.BigInteger, entry, primary_key=True, autoincrement=False)


proposals = sa.Table(
    "proposals",
    metadata,
    _entry(),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column(
        "subject",
        sa.Text,
        nullable=False,
        comment="version of the challenger, folder of the policy; empty where the opinion itself is meant",
    ),
    sa.Column(
        "sha256",
        sa.Text,
        nullable=False,
        comment="of the model or the policy that was proposed; empty where there is none",
    ),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.CheckConstraint("act in ('promote', 'rollback', 'suspend', 'resume', 'approve_policy')", name="proposals_act"),
    sa.CheckConstraint("trim(why) <> ''", name="proposals_why"),
)

proposal_ends = sa.Table(
    "proposal_ends",
    metadata,
    _entry(),
    sa.Column("proposal_no", sa.BigInteger, sa.ForeignKey("proposals.entry_no"), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.UniqueConstraint("proposal_no", name="proposal_ends_once"),
    sa.CheckConstraint("outcome in ('confirmed', 'declined', 'withdrawn')", name="proposal_ends_outcome"),
)

_BOTH = sa.select(
    proposals,
    proposal_ends.c.outcome,
    proposal_ends.c.by.label("ended_by"),
    proposal_ends.c.recorded_at.label("ended_at"),
).outerjoin_from(proposals, proposal_ends, proposals.c.entry_no == proposal_ends.c.proposal_no)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal. number: its entry of the log. sha256: of what it is about. outcome, ended_by, ended_at: None while it is open."""

    number: int
    act: Kind
    subject: str
    sha256: str
    by: str
    why: str
    recorded_at: datetime
    outcome: Outcome | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has confirmed, declined or withdrawn it."""
        return self.outcome is None


def record(connection: sa.Connection, proposal: Proposal) -> None:
    """Append a proposal; the caller holds the recording lock and commits at once."""
    row = {name: getattr(proposal, name) for name in ("act", "subject", "sha256", "by", "why", "recorded_at")}
    connection.execute(proposals.insert(), row | {"entry_no": proposal.number})


def end(
    connection: sa.Connection, *, entry_no: int, number: int, outcome: Outcome, by: str, recorded_at: datetime
) -> None:
    """Append how a proposal ended.

    Raises:
        sqlalchemy.exc.IntegrityError: where it has ended already.
    """
    row = {"entry_no": entry_no, "proposal_no": number, "outcome": outcome, "by": by, "recorded_at": recorded_at}
    connection.execute(proposal_ends.insert(), row)


def find(connection: sa.Connection, number: int) -> Proposal | None:
    """A proposal by its entry; None where there is none."""
    row = connection.execute(_BOTH.where(proposals.c.entry_no == number)).one_or_none()
    return None if row is None else _proposal(row)


def newest(connection: sa.Connection, kinds: Sequence[Kind], *, most: int, open_only: bool = False) -> list[Proposal]:
    """The newest proposals of these kinds, newest first."""
    query = _BOTH.where(proposals.c.act.in_(kinds)).order_by(proposals.c.entry_no.desc()).limit(most)
    if open_only:
        query = query.where(proposal_ends.c.entry_no.is_(None))
    return [_proposal(row) for row in connection.execute(query)]


def _proposal(row: Any) -> Proposal:
    return Proposal(
        row.entry_no,
        row.act,
        row.subject,
        row.sha256,
        row.by,
        row.why,
        row.recorded_at,
        row.outcome,
        row.ended_by,
        row.ended_at,
    )
