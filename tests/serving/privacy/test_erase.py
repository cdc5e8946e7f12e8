"""One household erased: what goes, what stays and why, and that every proof stays valid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feature_store.adapters.store import AtWork
from serving.consents.scope import UnknownHousehold
from serving.privacy.erase import ErasureRefused, erase
from serving.privacy.retention import RetentionRefused, run
from serving.privacy.retention_rules import BY_ID
from tests.serving.old import LATER, PEOPLE, Old, contents, loans_of, verified
from tests.serving.served import NOW, numbers_of
from verify import check


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"second": "zhang san"}, "two different people"), ({"why": ""}, "a cause"), ({"by": ""}, "two different")],
)
def test_one_person_erases_nothing(old: Old, changes: dict[str, str], says: str) -> None:
    with pytest.raises(RetentionRefused, match=says):
        run(old.served.parts, **PEOPLE | changes)
    with pytest.raises(ErasureRefused, match=says):
        erase(old.served.ids()[0], old.served.parts, **PEOPLE | changes)
    with pytest.raises(UnknownHousehold):
        erase("nobody-1", old.served.parts, **PEOPLE)
    with old.served.parts.store.alone("retention"), pytest.raises(AtWork):
        run(old.served.parts, **PEOPLE)
    assert contents(old, "retention_run") + contents(old, "household_erased") == []
    assert not old.rows("SELECT 1 FROM erased_facts")


def test_a_household_is_erased_as_far_as_it_may_be_and_every_proof_stays_valid(old: Old) -> None:
    parts, household_id = old.served.parts, next(iter(numbers_of(old.served)))
    numbers, answer = numbers_of(old.served), old.answers[household_id]
    old.served.clock.moment = NOW + timedelta(days=400)
    found = erase(household_id, parts, **PEOPLE)
    assert found.number
    assert (found.contents, found.kept) == (0, ((1, BY_ID["decision_contents"]),)), "within its time the decision stays"
    assert numbers_of(old.served) == {it: number for it, number in numbers.items() if it != household_id}
    of = "household_no = (SELECT household_no FROM households WHERE household_id = :id)"
    assert not old.rows(f"SELECT 1 FROM id_index WHERE {of}", id=household_id)
    said = contents(old, "household_erased")
    assert said == [
        PEOPLE | {"household_id": household_id, "number": True, "contents": 0, "kept": {"decision_contents": 1}}
    ]
    assert old.served.client.get(f"/v1/decisions/{answer['decision_id']}").json() == answer
    old.served.clock.moment = LATER + timedelta(days=400)
    loans_of(old, [])
    later = erase(household_id, parts, **PEOPLE)
    assert not later.number
    runs = bool(old.rows(f"SELECT 1 FROM loans WHERE {of} AND disbursed_on >= '2017-04-20'", id=household_id))
    # Its decision's time is over, and so is that of the entry about its first erasure; three years for that one.
    assert (later.contents, later.kept) == ((1, ((1, BY_ID["decision_contents"]),)) if runs else (2, ()))
    for one, kept in old.proofs.items():
        assert check.check(old.answers[one], kept, parts.signer.public)
    fresh = old.served.client.get("/v1/log/inclusion", params={"index": answer["receipt"]["log_index"]}).json()
    assert check.check(answer, fresh, parts.signer.public)
    assert verified(old).faults == []
