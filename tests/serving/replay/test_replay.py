"""Replay finds what was changed: each part of a decision, altered behind the service's back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from scoring.canonical import canonical
from scoring.policy.in_force import Policies
from serving.ledger.commitment import commitment
from serving.ledger.entries import UnknownDecision
from serving.replay.again import replay
from serving.replay.words import Kind
from tests.serving.served import Served, ask


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county that these tests tamper with."""
    return make_county()


def _decided(own: Served, number: int) -> UUID:
    return UUID(own.client.post("/v1/decisions", json=ask(own.ids()[number])).json()["decision_id"])


def _behind(own: Served, table: str, *statements: tuple[str, dict[str, object]]) -> None:
    """Change a table as somebody with the database's own rights could."""
    with own.parts.store.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement, values in statements:
            assert connection.execute(sa.text(statement), values).rowcount
        connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def _rewritten(own: Served, decision: UUID, change: Callable[[dict], None], *, committed: bool) -> None:  # type: ignore[type-arg]
    """Change a content behind the service; with ``committed`` also the entry that commits to it."""
    of = " WHERE index = (SELECT entry_no FROM decisions WHERE decision_id = :id)"
    with own.parts.store.engine.connect() as connection:
        both = "SELECT content, salt, body FROM log_contents JOIN log_entries USING (index)"
        row = connection.execute(sa.text(both + of), {"id": decision}).one()
    entry = json.loads(bytes(row.content))
    change(entry)
    content = canonical(entry)
    _behind(
        own, "log_contents", (f"UPDATE log_contents SET content = :content{of}", {"content": content, "id": decision})
    )
    if committed:
        body = json.loads(bytes(row.body)) | {"commitment": commitment(content, bytes(row.salt))}
        values: dict[str, object] = {"body": canonical(body), "id": decision}
        _behind(own, "log_entries", (f"UPDATE log_entries SET body = :body{of}", values))


def test_an_untouched_decision_is_identical(own: Served) -> None:
    assert replay(_decided(own, 0), own.parts).identical


@pytest.mark.parametrize("format", [2, 3, 4])
def test_a_decision_of_an_earlier_format_replays(own: Served, format: int) -> None:
    decision = _decided(own, 0)

    def earlier(entry: dict) -> None:  # type: ignore[type-arg]
        entry["format"] = format
        for part in ("consent", "marks", "rights") if format < 4 else ():
            del entry[part]
        if format < 3:
            del entry["client"]

    _rewritten(own, decision, earlier, committed=True)
    assert replay(decision, own.parts).differences == ()


def test_a_content_changed_without_its_entry_is_seen(own: Served) -> None:
    decision = _decided(own, 1)
    _rewritten(own, decision, lambda entry: entry["binding"].update(grade="AAA+"), committed=False)
    assert replay(decision, own.parts).differences == ("the content is not what its entry in the log commits to",)


@pytest.mark.parametrize(("part", "value"), [("grade", "AAA+"), ("score", 164), ("limit_cny", "1.00"), ("reasons", [])])
def test_a_content_changed_with_its_entry_is_seen_by_what_it_says(own: Served, part: str, value: object) -> None:
    decision = next(
        one
        for one in (_decided(own, number) for number in range(2, 40))
        if own.client.get(f"/v1/decisions/{one}").json()["binding"]["status"] == "graded"
        and own.client.get(f"/v1/decisions/{one}").json()["binding"]["reasons"]
    )
    _rewritten(own, decision, lambda entry: entry["binding"].update({part: value}), committed=True)
    assert replay(decision, own.parts).differences == (f"'{part}' differs",)


def test_a_policy_that_is_not_approved_is_named(own: Served) -> None:
    decision = _decided(own, 3)
    none = replace(own.parts, policies=Policies((), ()))
    none.__dict__["store"] = own.parts.store
    assert replay(decision, none).differences == ("its policy is not among the approved ones",)


def test_a_certificate_that_the_certifier_would_word_otherwise_is_a_difference_of_its_own(own: Served) -> None:
    decision = _decided(own, 6)
    changed = {key: replace(one, wordings=one.wordings + 1) for key, one in own.parts.certificates.items()}
    newer = replace(own.parts, certificates=changed)
    for name in ("store", "challengers"):
        newer.__dict__[name] = getattr(own.parts, name)
    found = replay(decision, newer)
    assert [(it.kind, it.what) for it in found.found] == [
        (Kind.CERTIFICATE, "the certificate differs: the certifier changed")
    ]
    assert not found.cannot


def test_a_note_worded_otherwise_is_stated_and_no_difference(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    decision = _decided(own, 7)
    monkeypatch.setattr("scoring.decision.ADVISORY_NOTE", {"zh": "…", "en": "…"})
    found = replay(decision, own.parts)
    assert (found.identical, found.stated) == (True, ("the note, which is not compared, is worded otherwise today",))


def test_a_filing_changed_after_the_decision_is_seen(own: Served) -> None:
    decision = _decided(own, 4)
    read = json.loads(own.client.get(f"/v1/decisions/{decision}").content)["read"]
    seq = read["village"][1]
    _behind(
        own,
        "filings",
        ("UPDATE filings SET observed_on = observed_on - 1, valid_until = NULL WHERE seq = :seq", {"seq": seq}),
    )
    assert "the filings that it read now say other dates" in replay(decision, own.parts).differences


def test_a_filing_that_is_gone_is_a_difference_and_no_error(own: Served) -> None:
    decision = _decided(own, 5)
    seq = json.loads(own.client.get(f"/v1/decisions/{decision}").content)["read"]["bank"][1]
    _behind(own, "filings", ("DELETE FROM filings WHERE seq = :seq", {"seq": seq}))
    (difference,) = replay(decision, own.parts).differences
    assert "there is no filing" in difference


def test_a_loan_book_changed_after_the_decision_is_seen(own: Served) -> None:
    with own.parts.store.engine.connect() as connection:
        household_id = connection.execute(
            sa.text(
                "SELECT household_id FROM loans JOIN loan_months USING (loan_no) JOIN households USING (household_no) WHERE balance_cny > 0 LIMIT 1"
            )
        ).scalar_one()
    decision = UUID(own.client.post("/v1/decisions", json=ask(household_id)).json()["decision_id"])
    assert replay(decision, own.parts).identical
    _behind(own, "loan_months", ("UPDATE loan_months SET balance_cny = balance_cny * 3, days_past_due = 200", {}))
    assert "the loan book known at its time gives another area state" in replay(decision, own.parts).differences


def test_an_unknown_decision_is_said_so(own: Served) -> None:
    with pytest.raises(UnknownDecision):
        replay(UUID(int=0), own.parts)
