"""Reviews as they are looked at: pages of them, one with its decisions, one decision with its notes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from feature_store.adapters import reviews
from feature_store.adapters.reviews import Item, Note, Review
from feature_store.adapters.store import Moment
from scoring.errors import LushiError
from serving.wiring import Parts

_LAST = 2**62


class UnknownReview(LushiError):
    """There is no such review, or it holds no such decision."""

    def __init__(self) -> None:
        super().__init__("there is no such review, or no such decision in it; check the address")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review, some of its decisions, how many have which finding, and where the next without one stands (None: nowhere)."""

    review: Review
    items: list[Item]
    more: bool
    findings: dict[str, int]
    next_open: int | None


@dataclass(frozen=True, slots=True)
class Looked:
    """A decision of a review with all of its notes, newest first, and the next without a finding."""

    review: Review
    item: Item
    notes: list[Note]
    next_open: int | None


def reviews_page(parts: Parts, *, before: int | None, most: int) -> tuple[list[Review], bool]:
    """Reviews before an entry of the log, newest first, and whether others follow."""
    with parts.store.looking(parts.clock.now()) as moment:
        found = reviews.page(moment.connection, before=_LAST if before is None else before, most=most + 1)
    return found[:most], len(found) > most


def read_review(review_id: UUID, parts: Parts, *, after: int, most: int) -> Reviewed:
    """A review with its next decisions after a position.

    Raises:
        UnknownReview: where there is none.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        review, on = find_review(moment, review_id), moment.connection
        found = reviews.items(on, review_id, after=after, most=most + 1)
        counted, following = reviews.findings(on, review_id), reviews.next_open(on, review_id, after=0)
    return Reviewed(review, found[:most], len(found) > most, counted, following)


def read_item(review_id: UUID, position: int, parts: Parts) -> Looked:
    """One decision of a review.

    Raises:
        UnknownReview: where there is none.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        review, on = find_review(moment, review_id), moment.connection
        item = item_of(moment, review_id, position)
        following = reviews.next_open(on, review_id, after=position)
        return Looked(review, item, reviews.notes(on, review_id, position), following)


def find_review(moment: Moment, review_id: UUID) -> Review:
    """A review inside a moment that is open; raises :class:`UnknownReview`."""
    found = reviews.find(moment.connection, review_id)
    if found is None:
        raise UnknownReview
    return found


def item_of(moment: Moment, review_id: UUID, position: int) -> Item:
    """A decision of a review by its position; raises :class:`UnknownReview`."""
    found = reviews.items(moment.connection, review_id, after=position - 1, most=1)
    if not found or found[0].position != position:
        raise UnknownReview
    return found[0]
