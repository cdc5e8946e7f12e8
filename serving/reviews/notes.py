"""What an auditor notes of a decision in a review, and the signing that ends it: each an entry of the log."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from uuid import UUID

from feature_store.adapters import reviews
from feature_store.adapters.reviews import Note
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.ledger import log
from serving.refused import Refused, Wrong
from serving.reviews.read import find_review, item_of
from serving.wiring import Parts

MOST_NOTE = 2_000


class Finding(StrEnum):
    """What a look at a decision came to."""

    IN_ORDER = "in_order"
    QUESTION = "question"
    WRONG = "wrong"


class ReviewSigned(LushiError):
    """A review that was signed takes nothing more."""

    def __init__(self) -> None:
        super().__init__("the review was signed, so nothing more is noted in it; draw another one")


class ReviewUnfinished(LushiError):
    """A review cannot be signed while a decision in it has no finding."""

    def __init__(self) -> None:
        super().__init__("a decision of the review has no finding yet; note one for each, then sign")


def note(review_id: UUID, position: int, finding: Finding, words: str, parts: Parts, *, caller: Caller) -> int | None:
    """Record a finding; a later one of the same decision stands beside it and counts. The next position without one, or None.

    The log holds the words' SHA-256: they may name people, and the log names none.

    Raises:
        UnknownReview: where there is no such decision in a review.
        Refused: where a finding that is not 'in order' comes without words, or with too many.
        ReviewSigned: where the review was signed.
        StoreUnavailable: where the database is away; then nothing is recorded.
    """
    words = words.strip()
    if not _writable(words) or (not words and finding is not Finding.IN_ORDER):
        raise Refused([Wrong("body.note", "is missing or too long", f"Write at most {MOST_NOTE:,} characters")])
    with parts.store.moment(parts.clock.now) as moment:
        connection, at = moment.connection, moment.known_at
        reviews.hold(connection, review_id)
        if find_review(moment, review_id).signed_at is not None:
            raise ReviewSigned
        item = item_of(moment, review_id, position)
        said = {"review_id": str(review_id), "decision_id": str(item.decision_id), "finding": finding.value}
        content = canonical(said | {"note_sha256": _hash(words), "by": caller.client_id})
        entry = log.append(connection, kind="review_noted", recorded_at=at, content=content)
        reviews.add_note(connection, review_id, position, Note(entry.index, finding.value, words, caller.client_id, at))
        return reviews.next_open(connection, review_id, after=position)


def sign(review_id: UUID, conclusion: str, parts: Parts, *, caller: Caller) -> None:
    """End a review with its conclusion: nothing is noted in it any more.

    Raises:
        UnknownReview: where there is none.
        Refused: without a conclusion.
        ReviewUnfinished: where a decision has no finding yet.
        ReviewSigned: where it was signed already.
        StoreUnavailable: where the database is away; then nothing is recorded.
    """
    conclusion = conclusion.strip()
    if not conclusion or not _writable(conclusion):
        raise Refused([Wrong("body.conclusion", "is missing or too long", f"Write 1 to {MOST_NOTE:,} characters")])
    with parts.store.moment(parts.clock.now) as moment:
        connection, at = moment.connection, moment.known_at
        reviews.hold(connection, review_id)
        if find_review(moment, review_id).signed_at is not None:
            raise ReviewSigned
        if reviews.next_open(connection, review_id, after=0) is not None:
            raise ReviewUnfinished
        said = {"review_id": str(review_id), "findings": reviews.findings(connection, review_id)}
        content = canonical(said | {"conclusion_sha256": _hash(conclusion), "by": caller.client_id})
        entry = log.append(connection, kind="review_signed", recorded_at=at, content=content)
        reviews.sign(
            connection,
            review_id,
            entry_no=entry.index,
            conclusion=conclusion,
            by=caller.client_id,
            recorded_at=at,
        )


def _writable(words: str) -> bool:
    """Lines of printable characters, not too many."""
    return len(words) <= MOST_NOTE and all(it.isprintable() or it in "\r\n" for it in words)


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
