"""Reviews as they stand recorded: read in pages, and only ever appended to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from feature_store.adapters.review_draw import Asked, Drawn
from feature_store.adapters.review_tables import review_items, review_notes, review_signings, reviews

_REVIEW = """
    SELECT r.entry_no, r.review_id, r.title, r.stratified_by, r.first_day, r.last_day, r.tenant, r.area_code, r.per_stratum, r.seed,
        r.drawn_at, r.frame_count, r.frame_sha256, r.strata, r.by, r.recorded_at,
        s.by AS signed_by, s.conclusion, s.recorded_at AS signed_at, s.entry_no AS signed_entry,
        (SELECT count(*) FROM review_items i WHERE i.review_id = r.review_id) AS drawn,
        (SELECT count(DISTINCT n.position) FROM review_notes n WHERE n.review_id = r.review_id) AS noted
    FROM reviews r LEFT JOIN review_signings s USING (review_id)"""
_FIND = sa.text(f"{_REVIEW} WHERE r.review_id = :review_id")
_PAGE = sa.text(f"{_REVIEW} WHERE r.entry_no < :before ORDER BY r.entry_no DESC LIMIT :most")
_HOLD = sa.text("SELECT entry_no FROM reviews WHERE review_id = :review_id FOR UPDATE")
_ITEMS = sa.text("""
    SELECT i.position, i.stratum, i.decision_id, h.household_id, d.tenant, d.recorded_at, d.entry_no AS log_index,
        n.finding, n.note, n.by AS noted_by, n.recorded_at AS noted_at
    FROM review_items i JOIN decisions d USING (decision_id) JOIN households h USING (household_no)
    LEFT JOIN LATERAL (
        SELECT * FROM review_notes n WHERE (n.review_id, n.position) = (i.review_id, i.position)
        ORDER BY n.entry_no DESC LIMIT 1) n ON true
    WHERE i.review_id = :review_id AND i.position > :after ORDER BY i.position LIMIT :most""")
_OPEN = sa.text("""
    SELECT i.position FROM review_items i WHERE i.review_id = :review_id AND NOT EXISTS (
        SELECT FROM review_notes n WHERE (n.review_id, n.position) = (i.review_id, i.position))
    ORDER BY i.position <= :after, i.position LIMIT 1""")
_FINDINGS = sa.text("""
    SELECT finding, count(*) AS many FROM (
        SELECT DISTINCT ON (position) finding FROM review_notes WHERE review_id = :review_id
        ORDER BY position, entry_no DESC) n GROUP BY 1""")


@dataclass(frozen=True, slots=True)
class Review:
    """A review. drawn: decisions in it; noted: those with a finding. signed_at and the like: None until it is signed."""

    entry_no: int
    review_id: UUID
    title: str
    asked: Asked
    drawn_at: datetime
    frame_count: int
    frame_sha256: str
    strata: Mapping[str, int]
    by: str
    recorded_at: datetime
    drawn: int
    noted: int
    signed_by: str | None
    conclusion: str | None
    signed_at: datetime | None
    signed_entry: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """A decision of a review, and its newest note; finding is None before the first. log_index: of the decision's entry."""

    position: int
    stratum: str
    decision_id: UUID
    household_id: str
    tenant: str | None
    recorded_at: datetime
    log_index: int
    finding: str | None
    note: str | None
    noted_by: str | None
    noted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted of an item."""

    entry_no: int
    finding: str
    note: str
    by: str
    recorded_at: datetime


def find(connection: sa.Connection, review_id: UUID) -> Review | None:
    """A review; None where there is none."""
    row = connection.execute(_FIND, {"review_id": review_id}).one_or_none()
    return None if row is None else _review(row)


def page(connection: sa.Connection, *, before: int, most: int) -> list[Review]:
    """Reviews drawn before an entry of the log, newest first."""
    return [_review(row) for row in connection.execute(_PAGE, {"before": before, "most": most})]


def hold(connection: sa.Connection, review_id: UUID) -> None:
    """Nobody else notes or signs until the transaction ends."""
    connection.execute(_HOLD, {"review_id": review_id})


def items(connection: sa.Connection, review_id: UUID, *, after: int, most: int) -> list[Item]:
    """The next decisions of a review after a position (they count from 1), each with its newest note."""
    return [Item(*row) for row in connection.execute(_ITEMS, {"review_id": review_id, "after": after, "most": most})]


def next_open(connection: sa.Connection, review_id: UUID, *, after: int) -> int | None:
    """The next position without a finding, from the beginning again after the last; None where every one has one."""
    found: int | None = connection.execute(_OPEN, {"review_id": review_id, "after": after}).scalar_one_or_none()
    return found


def findings(connection: sa.Connection, review_id: UUID) -> dict[str, int]:
    """How many decisions by their newest finding."""
    return {row.finding: int(row.many) for row in connection.execute(_FINDINGS, {"review_id": review_id})}


def notes(connection: sa.Connection, review_id: UUID, position: int) -> list[Note]:
    """Every note of a decision in a review, newest first."""
    on = review_notes.c
    query = sa.select(on.entry_no, on.finding, on.note, on.by, on.recorded_at)
    query = query.where(on.review_id == review_id, on.position == position).order_by(on.entry_no.desc())
    return [Note(*row) for row in connection.execute(query)]


def add(
    connection: sa.Connection,
    drawn: Drawn,
    asked: Asked,
    *,
    entry_no: int,
    review_id: UUID,
    title: str,
    drawn_at: datetime,
    by: str,
    recorded_at: datetime,
) -> None:
    """Record a review with its sample."""
    row = {name: getattr(asked, name) for name in Asked.__slots__} | {
        "entry_no": entry_no,
        "review_id": review_id,
        "title": title,
        "drawn_at": drawn_at,
        "frame_count": drawn.frame_count,
        "frame_sha256": drawn.frame_sha256,
        "strata": dict(drawn.strata),
        "by": by,
        "recorded_at": recorded_at,
    }
    connection.execute(reviews.insert(), row)
    rows: Sequence[dict[str, object]] = [
        {"review_id": review_id, "position": place, "decision_id": decision, "stratum": stratum}
        for place, (stratum, decision) in enumerate(drawn.sample, start=1)
    ]
    connection.execute(review_items.insert(), rows)


def add_note(connection: sa.Connection, review_id: UUID, position: int, note: Note) -> None:
    """Append a note."""
    values = {name: getattr(note, name) for name in Note.__slots__}
    connection.execute(review_notes.insert(), values | {"review_id": review_id, "position": position})


def sign(
    connection: sa.Connection, review_id: UUID, *, entry_no: int, conclusion: str, by: str, recorded_at: datetime
) -> None:
    """Append the signing that ends a review."""
    values = {"review_id": review_id, "entry_no": entry_no, "conclusion": conclusion, "by": by}
    connection.execute(review_signings.insert(), values | {"recorded_at": recorded_at})


def _review(row: sa.Row[tuple[object, ...]]) -> Review:
    found = dict(row._mapping)
    asked = Asked(**{name: found.pop(name) for name in Asked.__slots__})
    return Review(asked=asked, **found)
