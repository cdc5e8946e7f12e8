"""Answers about a household's rights, replays, ID numbers and sessions are as the description says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from serving.access.roles import Role
from tests.serving.describing import fits
from tests.serving.real_values import add_person
from tests.serving.served import Served, ask, numbers_of

DECISIONS = "/v1/decisions/{decision_id}"


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county in which these tests record what they like."""
    return make_county()


@pytest.fixture(scope="module")
def described(own: Served) -> dict[str, Any]:
    found: dict[str, Any] = own.client.get("/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def decided(own: Served) -> dict[str, Any]:
    """A decision that offers terms."""
    answers = (own.client.post("/v1/decisions", json=ask(it)).json() for it in own.ids())
    return next(it for it in answers if it["binding"]["terms"]["offered"])


def _objection(decided: dict[str, Any], **about: Any) -> dict[str, Any]:
    return {"household_id": decided["household_id"], "statement": "请核实", **about}


def test_consents(own: Served, described: dict[str, Any]) -> None:
    body = {"reference": "a/b:1", "household_id": own.ids()[0], "purpose": "loan_monitoring"}
    body |= {"granted_on": "2017-04-01", "until": "2018-03-31"}
    for status in (201, 200):
        made = own.client.post("/v1/consents", json=body)
        assert made.status_code == status
        fits(described, "/v1/consents", "post", made)
    read = fits(described, "/v1/consents/{reference}", "get", own.client.get("/v1/consents/a%2Fb:1"))
    assert read["withdrawn_at"] is None
    ended = own.client.post("/v1/consents/a%2Fb:1/withdrawal", json={})
    assert fits(described, "/v1/consents/{reference}/withdrawal", "post", ended)["withdrawn_at"]


def test_objections_overrides_and_closing_stand_beside_the_decision(
    own: Served, described: dict[str, Any], decided: dict[str, Any]
) -> None:
    address = f"/v1/decisions/{decided['decision_id']}"
    assert "afterwards" not in fits(described, DECISIONS, "get", own.client.get(address))
    abouts: list[dict[str, Any]] = [
        {"about": "datum", "indicator": "late_1_30"},
        {"about": "decision", "decision_id": decided["decision_id"]},
    ]
    filed = [own.client.post("/v1/objections", json=_objection(decided, **about)) for about in abouts]
    ids = [fits(described, "/v1/objections", "post", it)["objection_id"] for it in filed]
    assert filed[0].headers["Location"] == f"/v1/objections/{ids[0]}"
    listed = fits(described, "/v1/objections", "get", own.client.get("/v1/objections?limit=1"))
    assert listed["next"] is not None
    answer = own.client.post(
        f"/v1/objections/{ids[0]}/outcome",
        json={"outcome": "recorded_unconfirmed", "answer": "无法核实"},
        headers=own.key(Role.COUNTY),
    )
    fits(described, "/v1/objections/{objection_id}/outcome", "post", answer)
    fits(described, "/v1/objections/{objection_id}", "get", own.client.get(f"/v1/objections/{ids[0]}"))
    body = {"outcome": "lend", "limit_cny": 1000, "why": "a guarantor came", "expires_on": "2017-05-20"}
    proposed = own.client.post(f"{address}/overrides", json=body, headers=own.key(Role.CLERK))
    made = fits(described, f"{DECISIONS}/overrides", "post", proposed)
    second = f"/v1/overrides/{made['override_id']}/confirmation"
    confirmed = own.client.post(second, json={}, headers=own.key(Role.CLERK))
    fits(described, "/v1/overrides/{override_id}/confirmation", "post", confirmed)
    closed = own.client.post(f"{address}/closing", json={"cause": "disbursed"})
    fits(described, f"{DECISIONS}/closing", "post", closed)
    afterwards = fits(described, DECISIONS, "get", own.client.get(address))["afterwards"]
    assert [len(afterwards["marks"]), len(afterwards["overrides"])] == [1, 1]
    assert afterwards["closing"]["cause"] == "disbursed"
    seen = own.client.get(f"/v1/households/{decided['household_id']}")
    assert fits(described, "/v1/households/{household_id}", "get", seen)["marks"][0]["state"] == "recorded_unconfirmed"
    again = own.client.post("/v1/decisions", json=ask(decided["household_id"]))
    assert fits(described, "/v1/decisions", "post", again)["marks"] != []
    report = own.client.post(f"/v1/households/{decided['household_id']}/reports", json={}, headers=own.key(Role.COUNTY))
    said = fits(described, "/v1/households/{household_id}/reports", "post", report)
    assert [bool(said[name]) for name in ("data", "decisions", "consents", "objections", "overrides", "rights")] == [
        True
    ] * 6


def test_replays(own: Served, described: dict[str, Any], decided: dict[str, Any]) -> None:
    path = f"{DECISIONS}/replay"
    for body in ({}, {"policy": "2021-03-01"}, {"policy": "2021-03-01", "data": "now"}):
        answer = own.client.post(f"/v1/decisions/{decided['decision_id']}/replay", json=body)
        assert answer.status_code == 200, answer.text
        assert fits(described, path, "post", answer)["outcome"] is not None


def test_what_older_decisions_lack_may_be_absent_and_is_never_null(
    own: Served, described: dict[str, Any], decided: dict[str, Any]
) -> None:
    older = {name: it for name, it in decided.items() if name not in ("client", "consent", "marks", "rights")}
    responses = described["paths"][DECISIONS]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    class Answer:
        status_code, headers = 200, {"content-type": "application/json"}

        def __init__(self, data: Any) -> None:
            self.json = lambda: data

    assert fits(described, DECISIONS, "get", Answer(older | {"format": 1, "advisory": None})) is not None
    assert "anyOf" in responses
    for name in ("client", "consent", "marks", "afterwards"):
        with pytest.raises(ValueError, match=r"None|null|not valid"):
            fits(described, DECISIONS, "get", Answer(decided | {name: None}))


def test_a_report_on_an_erased_decision(own: Served, described: dict[str, Any]) -> None:
    household = own.ids()[1]
    made = own.client.post("/v1/decisions", json=ask(household)).json()
    with own.parts.store.engine.begin() as connection:
        index = {"index": made["receipt"]["log_index"]}
        connection.execute(sa.text("DELETE FROM log_contents WHERE index = :index"), index)
    report = own.client.post(f"/v1/households/{household}/reports", json={}, headers=own.key(Role.COUNTY))
    said = fits(described, "/v1/households/{household_id}/reports", "post", report)
    assert [it["erased"] for it in said["decisions"]] == [True]


def test_id_numbers(own: Served, described: dict[str, Any]) -> None:
    household, number = next(iter(numbers_of(own).items()))
    found = own.client.post("/v1/households:search", json={"id_number": number})
    assert fits(described, "/v1/households:search", "post", found) == {"household_id": household}
    path = f"/v1/households/{household}/unmasking"
    shown = own.client.post(path, json={"reason": "tests"}, headers=own.key(Role.COUNTY))
    fits(described, "/v1/households/{household_id}/unmasking", "post", shown)


def test_sessions(own: Served, described: dict[str, Any]) -> None:
    person = add_person(own.parts)
    opened = own.client.post("/v1/sessions", headers=person.basic)
    fits(described, "/v1/sessions", "post", opened)
    refused = own.client.post("/v1/sessions?dry_run=1", headers=person.basic)
    assert (refused.status_code, json.loads(refused.content)["errors"][0]["where"]) == (422, "query.?")
    ended = own.client.delete("/v1/sessions/current", headers=person.session(own.parts))
    assert (ended.status_code, ended.content) == (204, b"")
