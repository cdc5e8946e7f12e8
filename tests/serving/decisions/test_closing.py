"""One live application per household: open decisions at other banks, closings, and banks that ask at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from httpx2 import Response

from feature_store.adapters import closing_tables
from feature_store.adapters.together import together
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.decisions.closing import OPEN_DAYS, Cause, ClosedOtherwise, close_decision
from serving.ledger.verify import verify
from serving.replay.again import replay
from tests.serving.served import NOW, Served, ask, give_consents
from verify.check import leaf_of

BANKS = ("bank-a", "bank-b", "bank-c")


class Banks:
    """A county with several banks, and its households to whom terms are offered."""

    def __init__(self, served: Served) -> None:
        self.served = served
        give_consents(served.parts, tenants=("bank-c",))
        self.headers = {name: served.key(tenant=name) for name in BANKS}
        self.fresh = iter(self._offered())

    def decide(self, bank: str, household_id: str, **changes: Any) -> Response:
        return self.served.client.post(
            "/v1/decisions", json=ask(household_id, tenant=bank, **changes), headers=self.headers[bank]
        )

    def close(self, bank: str, decided: Response | str, cause: str = "withdrawn_by_bank") -> Response:
        decision_id = decided if isinstance(decided, str) else decided.json()["decision_id"]
        path = f"/v1/decisions/{decision_id}/closing"
        return self.served.client.post(path, json={"cause": cause}, headers=self.headers[bank])

    def _offered(self) -> list[str]:
        found = []
        for household_id in self.served.ids()[:120]:
            decided = self.decide("bank-c", household_id)
            if decided.json()["binding"]["terms"]["offered"]:
                assert self.close("bank-c", decided).status_code == 200
                found.append(household_id)
        return found


@pytest.fixture(scope="module")
def banks(make_county: Callable[[], Served]) -> Banks:
    return Banks(make_county())


def _refused(answer: Response) -> bool:
    return (answer.status_code, answer.json().get("type")) == (409, "urn:lushi:problem:open-elsewhere")


def test_while_one_bank_has_an_open_decision_no_other_decides_and_nothing_of_it_is_told(banks: Banks) -> None:
    household_id = next(banks.fresh)
    first = banks.decide("bank-a", household_id)
    assert first.status_code == 201
    refused = banks.decide("bank-b", household_id)
    assert _refused(refused)
    for word in ("bank-a", first.json()["decision_id"], household_id, "2017"):
        assert word not in refused.text
    assert banks.decide("bank-a", household_id).status_code == 201, "one's own newer decision takes its place"
    assert _refused(banks.decide("bank-b", household_id))


def test_once_closed_another_bank_may_decide_and_each_cause_is_kept(banks: Banks) -> None:
    household_id = next(banks.fresh)
    for number, cause in enumerate(Cause):
        mine, theirs = BANKS[number % 2], BANKS[(number + 1) % 2]
        decided = banks.decide(mine, household_id)
        assert decided.status_code == 201
        assert _refused(banks.decide(theirs, household_id))
        closed = banks.close(mine, decided, cause.value)
        assert (closed.status_code, closed.json()["closing"]["cause"]) == (200, cause.value)


def test_only_the_newest_decision_of_a_bank_counts(banks: Banks) -> None:
    household_id = next(banks.fresh)
    earlier = banks.decide("bank-a", household_id)
    newer = banks.decide("bank-a", household_id)
    assert banks.close("bank-a", earlier, "superseded").status_code == 200
    assert _refused(banks.decide("bank-b", household_id)), "the newer one is open"
    assert banks.close("bank-a", newer).status_code == 200
    assert banks.decide("bank-b", household_id).status_code == 201


def test_a_newer_decision_that_offers_nothing_opens_the_way(banks: Banks) -> None:
    household_id = next(banks.fresh)
    assert banks.decide("bank-a", household_id).status_code == 201
    nothing = banks.decide("bank-a", household_id, term_months=360)
    assert nothing.json()["binding"]["terms"]["offered"] is False
    assert banks.decide("bank-b", household_id).status_code == 201
    never = banks.close("bank-a", nothing)
    assert (never.status_code, never.json()["type"]) == (409, "urn:lushi:problem:nothing-to-close")


@pytest.mark.parametrize(("later", "open_still"), [(timedelta(microseconds=-1), True), (timedelta(0), False)])
def test_offered_terms_end_by_themselves_after_their_days(banks: Banks, later: timedelta, open_still: bool) -> None:
    household_id = next(banks.fresh)
    assert banks.decide("bank-a", household_id).status_code == 201
    with banks.served.parts.store.engine.connect() as connection:
        at = NOW + timedelta(days=OPEN_DAYS) + later
        asked = {"households": [household_id], "tenants": ["bank-b"], "now": at}
        assert [row.place for row in together(connection, (closing_tables.ELSEWHERE, asked))[0]] == [1] * open_still


def test_a_closing_is_recorded_once_and_never_changed(banks: Banks) -> None:
    decided = banks.decide("bank-a", next(banks.fresh))
    first = banks.close("bank-a", decided, "disbursed")
    again = banks.close("bank-a", decided, "disbursed")
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    other = banks.close("bank-a", decided, "withdrawn_by_bank")
    assert (other.status_code, other.json()["type"]) == (409, "urn:lushi:problem:closed-otherwise")
    with banks.served.parts.store.engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT convert_from(content, 'UTF8') FROM log_contents JOIN log_entries USING (index) WHERE kind = 'decision_closed'"
            )
        ).scalars()
        assert sum(decided.json()["decision_id"] in row for row in rows) == 1
        found = verify(connection, banks.served.parts.signer)
    assert found.faults == []


def test_the_closing_is_told_beside_the_receipt_and_the_proof_still_holds(banks: Banks) -> None:
    decided = banks.decide("bank-a", next(banks.fresh))
    where = decided.headers["Location"]
    assert banks.served.client.get(where).content == decided.content
    closing = banks.close("bank-a", decided, "declined_by_household").json()["closing"]
    read = banks.served.client.get(where).json()
    assert read.pop("afterwards") == {"marks": [], "overrides": [], "closing": closing}
    assert read == decided.json()
    assert leaf_of(read | {"afterwards": {"closing": closing}})[0] == read["receipt"]["log_index"]
    assert replay(UUID(read["decision_id"]), banks.served.parts).identical


def test_another_banks_decision_cannot_be_closed_nor_known(banks: Banks) -> None:
    decided = banks.decide("bank-a", next(banks.fresh))
    hidden, missing = banks.close("bank-b", decided), banks.close("bank-b", str(uuid4()))
    assert (hidden.status_code, hidden.json()) == (404, missing.json())
    wrong = banks.close("bank-a", decided, "forgotten")
    assert (wrong.status_code, [it["where"] for it in wrong.json()["errors"]]) == (422, ["body.cause"])


def test_a_batch_goes_by_the_same_rule(banks: Banks) -> None:
    household_id = next(banks.fresh)
    assert banks.decide("bank-a", household_id).status_code == 201
    body = {"decisions": [ask(household_id, tenant="bank-b"), ask(next(banks.fresh), tenant="bank-b")]}
    results = banks.served.client.post("/v1/decisions:batch", json=body, headers=banks.headers["bank-b"]).json()
    assert [it["status"] for it in results["results"]] == [409, 201]
    assert results["results"][0]["problem"]["type"] == "urn:lushi:problem:open-elsewhere"


def test_a_repeated_call_is_answered_as_before_though_another_bank_has_decided_since(banks: Banks) -> None:
    household_id, key = next(banks.fresh), {"Idempotency-Key": str(uuid4())}
    call = {"json": ask(household_id), "headers": banks.headers["bank-a"] | key}
    first = banks.served.client.post("/v1/decisions", **call)
    assert banks.close("bank-a", first).status_code == 200
    assert banks.decide("bank-b", household_id).status_code == 201
    assert banks.served.client.post("/v1/decisions", **call).content == first.content


def test_banks_that_ask_at_once_never_both_get_an_open_decision(banks: Banks) -> None:
    for _ in range(25):
        household_id = next(banks.fresh)
        asking = ["bank-a", "bank-b"] * 4
        random.Random(household_id).shuffle(asking)
        with ThreadPoolExecutor(8) as callers:
            answers = list(callers.map(lambda bank, of=household_id: (bank, banks.decide(bank, of)), asking))
        assert all(it.status_code == 201 or _refused(it) for _, it in answers)
        decided = {bank for bank, it in answers if it.status_code == 201}
        assert len(decided) == 1, "the bank that came first, and it alone"
        assert sum(it.status_code == 201 for _, it in answers) == 4, "each of its calls"
    with banks.served.parts.store.engine.connect() as connection:
        assert closing_tables.open_at_several(connection, now=NOW) == []


def test_a_household_that_is_open_at_two_banks_would_be_counted(banks: Banks) -> None:
    household_id = next(banks.fresh)
    first = banks.decide("bank-a", household_id)
    with banks.served.parts.store.engine.connect() as connection:
        assert closing_tables.open_at_several(connection, now=NOW) == []
        move = "UPDATE decisions SET tenant = 'bank-x' WHERE decision_id = :id"
        connection.execute(sa.text("ALTER TABLE decisions DISABLE TRIGGER USER"))
        connection.execute(sa.text(move), {"id": first.json()["decision_id"]})
        row = (
            "INSERT INTO decisions (entry_no, decision_id, household_no, recorded_at, tenant, offered, offered_until)"
            " SELECT (SELECT min(index) FROM log_entries e WHERE NOT EXISTS (SELECT FROM decisions WHERE entry_no = e.index)),"
            " gen_random_uuid(), household_no, recorded_at, 'bank-y', true, offered_until FROM decisions WHERE decision_id = :id"
        )
        connection.execute(sa.text(row), {"id": first.json()["decision_id"]})
        assert len(closing_tables.open_at_several(connection, now=NOW)) == 1
        connection.rollback()


def test_two_causes_at_once_leave_one_closing(banks: Banks) -> None:
    parts = banks.served.parts
    caller = Caller("bank-a-core", "bank-a", Role.BANK)
    decision_id = UUID(banks.decide("bank-a", next(banks.fresh)).json()["decision_id"])

    def close(cause: Cause) -> str | None:
        try:
            return close_decision(decision_id, cause, parts, caller=caller).cause
        except ClosedOtherwise:
            return None

    with ThreadPoolExecutor(8) as callers:
        said = list(callers.map(close, list(Cause) * 6))
    assert len(set(said) - {None}) == 1
    assert said.count(None) == 18
