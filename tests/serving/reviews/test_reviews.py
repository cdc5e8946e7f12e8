"""Reviews: the same seed draws the same decisions, what is noted stands in the log, and what is signed is closed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from feature_store.adapters import retention
from feature_store.adapters.migrate import downgrade
from feature_store.adapters.review_draw import Asked
from feature_store.filing import civil_day
from scoring.canonical import canonical
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.ledger.verify import verify
from serving.refused import Refused
from serving.reviews import draw
from serving.reviews.draw import draw_review, drawn_again
from serving.reviews.notes import Finding, ReviewSigned, ReviewUnfinished, note, sign
from serving.reviews.read import UnknownReview, read_item, read_review, reviews_page
from tests.serving.served import NOW, Served, ask

AUDITOR = Caller("auditor-1", "county", Role.AUDITOR)
TODAY = civil_day(NOW)


@pytest.fixture(scope="module")
def drawn(make_county: Callable[[], Served]) -> Served:
    """A county with some decisions."""
    served = make_county()
    for one in served.ids()[:40]:
        assert served.client.post("/v1/decisions", json=ask(one)).status_code == 201
    return served


def _asked(**changes: Any) -> Asked:
    usual = Asked("grade", TODAY, TODAY, "", "", 3, "2017")
    return replace(usual, **changes)


def _sample(served: Served, review: UUID) -> list[tuple[str, str]]:
    found = read_review(review, served.parts, after=0, most=500)
    return [(it.stratum, str(it.decision_id)) for it in found.items]


def _decisions(served: Served) -> list[dict[str, Any]]:
    with served.parts.store.engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT c.content FROM decisions d JOIN log_contents c ON c.index = d.entry_no")
        )
        return [json.loads(bytes(row.content)) for row in rows]


def _logged(served: Served, kind: str) -> list[dict[str, Any]]:
    with served.parts.store.engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT content FROM log_contents JOIN log_entries USING (index) WHERE kind = :kind ORDER BY index"
            ),
            {"kind": kind},
        )
        return [json.loads(bytes(row.content)) for row in rows]


def test_anybody_can_draw_the_same_sample_again(drawn: Served) -> None:
    """By hand, from the ids alone: SHA-256 of seed and id, the first of each stratum."""
    review = draw_review("by grade", _asked(), drawn.parts, caller=AUDITOR)
    strata: dict[str, list[str]] = {}
    for one in _decisions(drawn):
        strata.setdefault(one["binding"]["grade"] or one["binding"]["status"], []).append(one["decision_id"])
    assert len(strata) >= 3
    expected = [
        (stratum, it)
        for stratum, ids in sorted(strata.items(), key=lambda each: each[0].encode())
        for it in sorted(ids, key=lambda it: hashlib.sha256(f"2017:{it}".encode()).digest())[:3]
    ]
    assert _sample(drawn, review) == expected
    found = read_review(review, drawn.parts, after=0, most=500).review
    assert found.frame_count == 40
    assert found.strata == {stratum: len(ids) for stratum, ids in strata.items()}
    every = sorted(it for ids in strata.values() for it in ids)
    assert found.frame_sha256 == hashlib.sha256("\n".join(every).encode()).hexdigest()
    assert drawn_again(review, drawn.parts)
    again = draw_review("again", _asked(), drawn.parts, caller=AUDITOR)
    assert _sample(drawn, again) == expected
    other = draw_review("other", _asked(seed="2018"), drawn.parts, caller=AUDITOR)
    assert _sample(drawn, other) != expected


def test_decisions_of_later_change_no_sample(make_county: Callable[[], Served]) -> None:
    own = make_county()
    for one in own.ids()[:6]:
        own.client.post("/v1/decisions", json=ask(one))
    own.clock.moment += timedelta(minutes=1)
    review = draw_review("first", _asked(per_stratum=100), own.parts, caller=AUDITOR)
    before = _sample(own, review)
    own.clock.moment += timedelta(minutes=1)
    for one in own.ids()[6:12]:
        own.client.post("/v1/decisions", json=ask(one))
    assert _sample(own, review) == before
    assert len(before) == 6
    assert drawn_again(review, own.parts)
    own.clock.moment += timedelta(minutes=1)
    assert len(_sample(own, draw_review("then", _asked(per_stratum=100), own.parts, caller=AUDITOR))) == 12


def test_contents_erased_after_their_time_are_told(make_county: Callable[[], Served]) -> None:
    own = make_county()
    for one in own.ids()[:6]:
        own.client.post("/v1/decisions", json=ask(one))
    by_grade = draw_review("grade", _asked(per_stratum=100), own.parts, caller=AUDITOR)
    by_bank = draw_review("bank", _asked(stratified_by="bank", per_stratum=100), own.parts, caller=AUDITOR)
    first = read_review(by_grade, own.parts, after=0, most=1).items[0]
    with own.parts.store.writing() as connection:
        retention.erase_contents(connection, [first.log_index])
    assert not drawn_again(by_grade, own.parts)
    assert drawn_again(by_bank, own.parts), "who decided, and when, is not erased"
    later = draw_review("later", _asked(per_stratum=100), own.parts, caller=AUDITOR)
    assert ("erased", str(first.decision_id)) in _sample(own, later)


@pytest.mark.parametrize(
    ("by", "stratum_of"),
    [
        ("township", lambda said: said["village_code"][:9]),
        ("bank", lambda said: said["client"]["tenant"]),
        ("month", lambda said: said["recorded_at"][:7]),
    ],
)
def test_strata(by: Any, stratum_of: Callable[[dict[str, Any]], str], drawn: Served) -> None:
    review = draw_review(by, _asked(stratified_by=by, per_stratum=100), drawn.parts, caller=AUDITOR)
    of = {one["decision_id"]: stratum_of(one) for one in _decisions(drawn)}
    assert {it: stratum for stratum, it in _sample(drawn, review)} == of


def test_only_a_bank_or_an_area(drawn: Served) -> None:
    village = drawn.village(drawn.ids()[0])
    review = draw_review("village", _asked(area_code=village, per_stratum=100), drawn.parts, caller=AUDITOR)
    inside = {one["decision_id"] for one in _decisions(drawn) if one["village_code"] == village}
    assert {it for _, it in _sample(drawn, review)} == inside
    with pytest.raises(Refused, match="no decision"):
        draw_review("nobody", _asked(tenant="bank-z"), drawn.parts, caller=AUDITOR)


@pytest.mark.parametrize(
    ("title", "changes", "field"),
    [
        ("", {}, "title"),
        ("x" * 201, {}, "title"),
        ("a\nb", {}, "title"),
        ("t", {"stratified_by": "wealth"}, "stratified_by"),
        ("t", {"first_day": TODAY + timedelta(days=1), "last_day": TODAY + timedelta(days=2)}, "first_day"),
        ("t", {"last_day": TODAY - timedelta(days=1)}, "last_day"),
        ("t", {"per_stratum": 0}, "per_stratum"),
        ("t", {"per_stratum": 501}, "per_stratum"),
        ("t", {"seed": ""}, "seed"),
        ("t", {"seed": "a b"}, "seed"),
        ("t", {"area_code": "41"}, "area_code"),
        ("t", {"first_day": date(2016, 1, 1), "last_day": date(2016, 1, 2)}, "first_day"),
    ],
)
def test_what_cannot_be_drawn(title: str, changes: dict[str, Any], field: str, drawn: Served) -> None:
    with pytest.raises(Refused) as refused:
        draw_review(title, _asked(**changes), drawn.parts, caller=AUDITOR)
    assert f"body.{field}" in [it.where for it in refused.value.faults]


@pytest.mark.parametrize(("limit", "field"), [("MOST_FRAME", "last_day"), ("MOST_DRAWN", "per_stratum")])
def test_too_much_at_once(limit: str, field: str, drawn: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, limit, 5)
    before = len(_logged(drawn, "review_drawn"))
    with pytest.raises(Refused) as refused:
        draw_review("much", _asked(per_stratum=5), drawn.parts, caller=AUDITOR)
    assert [it.where for it in refused.value.faults] == [f"body.{field}"]
    assert len(_logged(drawn, "review_drawn")) == before


def test_every_fault_is_told_at_once(drawn: Served) -> None:
    with pytest.raises(Refused) as refused:
        draw_review("", _asked(seed="", per_stratum=0), drawn.parts, caller=AUDITOR)
    assert {it.where for it in refused.value.faults} == {"body.title", "body.seed", "body.per_stratum"}


def test_noted_signed_and_closed(drawn: Served) -> None:
    parts = drawn.parts
    review = draw_review("closing", _asked(per_stratum=1), parts, caller=AUDITOR)
    found = read_review(review, parts, after=0, most=500)
    places = [it.position for it in found.items]
    assert places == list(range(1, len(places) + 1))
    assert found.next_open == 1
    with pytest.raises(ReviewUnfinished):
        sign(review, "too early", parts, caller=AUDITOR)
    for words in ("", " ", "x" * 2001, "a\x07b"):
        with pytest.raises(Refused):
            note(review, 1, Finding.WRONG, words, parts, caller=AUDITOR)
    assert note(review, 2, Finding.QUESTION, "the land is not theirs", parts, caller=AUDITOR) == 3
    for place in places:
        following = note(review, place, Finding.IN_ORDER, "", parts, caller=AUDITOR)
    assert following is None
    item = read_item(review, 2, parts)
    assert [it.finding for it in item.notes] == ["in_order", "question"], "the newest counts, the first stands"
    assert item.item.finding == "in_order"
    assert read_review(review, parts, after=0, most=1).findings == {"in_order": len(places)}
    with pytest.raises(Refused):
        sign(review, "  ", parts, caller=AUDITOR)
    sign(review, "nothing found", parts, caller=AUDITOR)
    with pytest.raises(ReviewSigned):
        note(review, 1, Finding.IN_ORDER, "", parts, caller=AUDITOR)
    with pytest.raises(ReviewSigned):
        sign(review, "again", parts, caller=AUDITOR)
    signed = read_review(review, parts, after=0, most=1).review
    assert (signed.signed_by, signed.conclusion) == ("auditor-1", "nothing found")


def test_every_act_is_an_entry_of_the_log_without_its_words(drawn: Served) -> None:
    parts = drawn.parts
    review = draw_review("secret title", _asked(per_stratum=1), parts, caller=AUDITOR)
    places = [it.position for it in read_review(review, parts, after=0, most=500).items]
    for place in places:
        note(review, place, Finding.WRONG, "SECRETWORD", parts, caller=AUDITOR)
    sign(review, "SECRETWORD too", parts, caller=AUDITOR)
    begun = next(it for it in _logged(drawn, "review_drawn") if it["review_id"] == str(review))
    assert [tuple(it) for it in begun["sample"]] == _sample(drawn, review)
    noted = [it for it in _logged(drawn, "review_noted") if it["review_id"] == str(review)]
    assert len(noted) == len(places)
    assert {it["note_sha256"] for it in noted} == {hashlib.sha256(b"SECRETWORD").hexdigest()}
    ended = [it for it in _logged(drawn, "review_signed") if it["review_id"] == str(review)]
    assert [it["findings"] for it in ended] == [{"wrong": len(places)}]
    said = canonical([begun, *noted, *ended]).decode()
    assert "SECRET" not in said.upper()
    with parts.store.engine.connect() as connection:
        assert verify(connection, parts.signer).faults == []


def test_a_review_that_is_not_there(drawn: Served) -> None:
    review = draw_review("there", _asked(), drawn.parts, caller=AUDITOR)
    for call in (
        lambda: read_review(uuid4(), drawn.parts, after=0, most=5),
        lambda: drawn_again(uuid4(), drawn.parts),
        lambda: read_item(review, 400, drawn.parts),
        lambda: note(review, 400, Finding.IN_ORDER, "", drawn.parts, caller=AUDITOR),
        lambda: sign(uuid4(), "x", drawn.parts, caller=AUDITOR),
    ):
        with pytest.raises(UnknownReview):
            call()


def test_reviews_are_paged_newest_first(drawn: Served) -> None:
    made = [draw_review(f"page {it}", _asked(), drawn.parts, caller=AUDITOR) for it in range(3)]
    first, more = reviews_page(drawn.parts, before=None, most=2)
    assert [it.review_id for it in first] == made[:0:-1]
    assert more
    then, _ = reviews_page(drawn.parts, before=first[-1].entry_no, most=1)
    assert [it.review_id for it in then] == made[:1]
    review = draw_review("pages", _asked(per_stratum=5), drawn.parts, caller=AUDITOR)
    whole = _sample(drawn, review)
    found = read_review(review, drawn.parts, after=0, most=4)
    assert found.more
    rest = read_review(review, drawn.parts, after=found.items[-1].position, most=500)
    assert [(it.stratum, str(it.decision_id)) for it in [*found.items, *rest.items]] == whole


def test_going_down_refuses_where_reviews_stand(drawn: Served) -> None:
    draw_review("stands", _asked(), drawn.parts, caller=AUDITOR)
    with pytest.raises(RuntimeError, match="recorded history"):
        downgrade(drawn.parts.store.engine, "0013")
