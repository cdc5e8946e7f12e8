"""A review begun: a stratified random sample of decisions, recorded with its seed and with what it was drawn from."""

from __future__ import annotations

import secrets
from datetime import date
from typing import get_args
from uuid import UUID, uuid4

from feature_store.adapters import review_draw, reviews
from feature_store.adapters.review_draw import Asked, Drawn, Stratum
from feature_store.filing import civil_day
from scoring.canonical import canonical
from serving.access.callers import Caller
from serving.ledger import log
from serving.refused import Refused, Wrong
from serving.reviews.read import find_review
from serving.wiring import Parts

MOST_DRAWN = 500
"""Most decisions of one review."""
MOST_FRAME = 20_000
"""Most decisions that one is drawn from: each one's content is read."""
MOST_TITLE = 200
STRATA: tuple[Stratum, ...] = get_args(Stratum)


def new_seed() -> str:
    """Eight digits that nobody could foresee."""
    return f"{secrets.randbelow(10**8):08d}"


def draw_review(title: str, asked: Asked, parts: Parts, *, caller: Caller) -> UUID:
    """Draw a sample and record it: the review's id. Every decision recorded by now could be drawn, and none that comes later.

    Raises:
        Refused: with every fault of what is asked; also where there is nothing to draw, or too much.
        StoreUnavailable: where the database is away; then nothing is recorded.
    """
    with parts.store.recording(parts.clock.now) as moment:  # every decision before this time has ended
        drawn_at = moment.known_at
    faults = _wrong(title, asked, civil_day(drawn_at))
    if faults:
        raise Refused(faults)
    with parts.store.looking(drawn_at) as moment:
        if review_draw.count(moment.connection, asked, drawn_at) > MOST_FRAME:
            raise Refused([Wrong("body.last_day", f"spans more than {MOST_FRAME:,} decisions", "Choose fewer days")])
        drawn = review_draw.draw(moment.connection, asked, drawn_at)
    if not drawn.sample:
        raise Refused([Wrong("body.first_day", "spans no decision", "Choose other days, another bank or area")])
    if len(drawn.sample) > MOST_DRAWN:
        raise Refused([Wrong("body.per_stratum", f"gives more than {MOST_DRAWN} decisions", "Draw fewer of each")])
    review_id = uuid4()
    with parts.store.moment(parts.clock.now) as moment:
        said = _said(review_id, asked, drawn) | {"drawn_at": drawn_at.isoformat(), "by": caller.client_id}
        entry = log.append(moment.connection, kind="review_drawn", recorded_at=moment.known_at, content=canonical(said))
        reviews.add(
            moment.connection,
            drawn,
            asked,
            entry_no=entry.index,
            review_id=review_id,
            title=title,
            drawn_at=drawn_at,
            by=caller.client_id,
            recorded_at=moment.known_at,
        )
    return review_id


def drawn_again(review_id: UUID, parts: Parts) -> bool:
    """Whether the same seed gives the same sample from the same decisions once more; nothing is recorded.

    Raises:
        UnknownReview: where there is none.
        StoreUnavailable: where the database is away.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        review = find_review(moment, review_id)
        again = review_draw.draw(moment.connection, review.asked, review.drawn_at)
        kept = reviews.items(moment.connection, review_id, after=0, most=MOST_DRAWN)
    same = tuple((it.stratum, it.decision_id) for it in kept) == again.sample
    return same and again.frame_sha256 == review.frame_sha256


def _said(review_id: UUID, asked: Asked, drawn: Drawn) -> dict[str, object]:
    """A review as the log holds it: ids, codes and days."""
    return {
        "review_id": str(review_id),
        "stratified_by": asked.stratified_by,
        "first_day": asked.first_day.isoformat(),
        "last_day": asked.last_day.isoformat(),
        "bank": asked.tenant,
        "area_code": asked.area_code,
        "per_stratum": asked.per_stratum,
        "seed": asked.seed,
        "frame": {"count": drawn.frame_count, "sha256": drawn.frame_sha256},
        "sample": [[stratum, str(decision)] for stratum, decision in drawn.sample],
    }


def _wrong(title: str, asked: Asked, today: date) -> list[Wrong]:
    """Every fault of what is asked."""
    rules = (
        ("title", 0 < len(title) <= MOST_TITLE and title.isprintable(), f"is not 1 to {MOST_TITLE} printable characters"),
        ("stratified_by", asked.stratified_by in STRATA, f"is not one of {', '.join(STRATA)}"),
        ("first_day", asked.first_day <= today, "lies in the future"),
        ("last_day", asked.first_day <= asked.last_day, "lies before the first day"),
        ("tenant", not asked.tenant or (asked.tenant.isprintable() and len(asked.tenant) <= 100), "is no bank's code"),
        ("area_code", _is_area(asked.area_code), "is not the code of a county, township or village"),
        ("per_stratum", 1 <= asked.per_stratum <= MOST_DRAWN, f"is not from 1 to {MOST_DRAWN}"),
        ("seed", asked.seed.isascii() and asked.seed.isalnum() and len(asked.seed) <= 40, "is not 1 to 40 letters or digits"),
    )  # fmt: skip
    return [Wrong(f"body.{field}", what, "Correct it") for field, holds, what in rules if not holds]


def _is_area(code: str) -> bool:
    return not code or (code.isascii() and code.isdigit() and len(code) in (6, 9, 12))
