"""The bank's call over HTTP, on a real database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from scoring.canonical import canonical
from serving.replay.again import replay
from tests.serving.served import NOW, Served, ask


def test_a_decision_is_answered_recorded_and_read_back_the_same(served: Served) -> None:
    answered = served.client.post("/v1/decisions", json=ask(served.ids()[0]))
    assert answered.status_code == 201
    body = answered.json()
    read_back = served.client.get(answered.headers["Location"])
    assert read_back.status_code == 200
    assert read_back.json() == body
    receipt = body.pop("receipt")
    salt, said = base64.b64decode(receipt["salt"]), json.loads(receipt["log_entry"])
    assert hmac.new(salt, canonical(body), hashlib.sha256).hexdigest() == said["commitment"]
    assert hashlib.sha256(b"\x00" + receipt["log_entry"].encode()).hexdigest() == receipt["leaf_hash"]
    assert ids_in(receipt["log_entry"], body) == []
    assert body["advisory"] == {"status": "unavailable", "reason": "no_model"}


def ids_in(entry: str, body: dict[str, Any]) -> list[str]:
    """What of a decision's own the log's entry gives away."""
    return [str(it) for it in (body["household_id"], body["decision_id"], body["village_code"]) if str(it) in entry]


def test_every_status_occurs_and_every_answer_explains_itself(served: Served) -> None:
    seen: Counter[str] = Counter()
    for household_id in served.ids():
        binding = served.client.post("/v1/decisions", json=ask(household_id)).json()["binding"]
        seen[binding["status"]] += 1
        assert (binding["grade"] is not None) == (binding["status"] == "graded")
        assert bool(binding["vetoes"]["fired"]) == (binding["status"] == "vetoed")
        assert len(binding["points"]["by_indicator"]) == 144
        assert len(binding["reasons"]) <= 4
        assert binding["reasons"] or binding["grade"] == "AAA+"
        if binding["score"] is not None:
            total = binding["points"]["base"] + sum(points for points, _, _ in binding["points"]["by_heading"].values())
            assert total == binding["score"]
        assert len(canonical(binding["points"])) <= 10_000
        assert len(canonical(binding)) <= 16_000
    assert set(seen) == {"graded", "below_a", "vetoed", "withheld"}


def test_a_replay_is_identical(served: Served) -> None:
    for household_id in served.ids()[:40]:
        body = served.client.post("/v1/decisions", json=ask(household_id, amount_cny="50000.01")).json()
        found = replay(UUID(body["decision_id"]), served.parts)
        assert found.differences == ()


def test_a_households_state_is_shown_with_its_path_and_is_not_recorded(served: Served) -> None:
    household_id = served.ids()[1]
    before = served.client.post("/v1/decisions", json=ask(household_id)).json()
    for _ in range(2):
        state = served.client.get(f"/v1/households/{household_id}")
        assert state.status_code == 200
        assert state.json()["latest_decision"] == before["decision_id"]
        assert state.json()["recorded"] is False


def test_an_unknown_household_is_404_and_has_given_no_consent(served: Served) -> None:
    nobody = served.client.post("/v1/decisions", json=ask("411299999999-0001"))
    strange = served.client.post("/v1/decisions", json=ask(served.ids()[0], consent_reference="none"))
    assert (nobody.status_code, nobody.json()["type"]) == (422, "urn:lushi:problem:consent-invalid")
    assert nobody.json() == strange.json(), "nobody learns which households there are"
    for answer in (
        served.client.get("/v1/households/411299999999-0001"),
        served.client.get(f"/v1/decisions/{uuid4()}"),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert "411299999999" not in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("household_id", "../../passwd"),
        ("household_id", "a\x00b"),
        ("household_id", 12),
        ("household_id", "x" * 50),
        ("purpose", "Ω"),
        ("purpose", "no_such_purpose"),
        ("amount_cny", -1),
        ("amount_cny", 0),
        ("amount_cny", 1e300),
        ("amount_cny", "NaN"),
        ("amount_cny", "Infinity"),
        ("amount_cny", 10.001),
        ("amount_cny", None),
        ("term_months", 0),
        ("term_months", 361),
        ("term_months", 12.5),
        ("term_months", "12"),
        ("term_months", True),
        ("consent_reference", ""),
        ("consent_reference", "a b"),
        ("surplus-SECRET", 1),
    ],
)
def test_a_malformed_field_is_422_and_is_not_repeated(served: Served, field: str, value: object) -> None:
    sent = json.dumps(ask(served.ids()[0], **{field: value})).encode()
    answer = served.client.post("/v1/decisions", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["errors"]
    assert all(fault["what"] and fault["mend"] for fault in problem["errors"])
    for secret in ("SECRET", "passwd", "Ω", "no_such_purpose"):
        assert secret not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{} {}", b"[" * 5000])
def test_a_body_that_is_no_object_is_refused(served: Served, body: bytes) -> None:
    answer = served.client.post("/v1/decisions", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_wrong_type_size_method_and_address_are_problems(served: Served) -> None:
    client = served.client
    answers = {
        415: client.post("/v1/decisions", content=b"{}", headers={"content-type": "text/plain"}),
        413: client.post("/v1/decisions", content=b" " * 300_000, headers={"content-type": "application/json"}),
        405: client.delete("/v1/decisions"),
        404: client.get("/v2"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.json()["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_outside_any_policy_the_call_is_refused_clearly(served: Served) -> None:
    served.clock.moment = datetime(2016, 1, 1, tzinfo=UTC)
    try:
        # The store never runs behind what it holds, so the refusal is seen on a calculation for that day.
        values = {"values": {}, "on": "2017-03-31"}
        answer = served.client.post("/v1/assessments", json=values)
        assert answer.status_code == 409
        assert "2017-04-01" in answer.json()["detail"]
    finally:
        served.clock.moment = NOW


@pytest.mark.parametrize("on", ["0001-01-01", "2101-01-01", "9999-12-31"])
def test_days_out_of_reach_are_refused_and_never_an_error_on_our_side(served: Served, on: str) -> None:
    answer = served.client.post("/v1/assessments", json={"values": {"dishonest_debtor": "open"}, "on": on})
    assert answer.status_code == 409


def test_a_calculation_is_marked_not_binding_and_names_every_bad_value(served: Served) -> None:
    values = {"late_1_30": 3, "query_consent": "yes", "borrower_age": 40}
    found = served.client.post("/v1/assessments", json={"values": values})
    assert found.status_code == 200
    assert found.json()["binding_effect"] is False
    assert found.json()["assessment"]["status"] == "withheld"
    bad = {"late_1_30": -1, "borrower_age": "forty-SECRET", "SECRET-name": 1}
    refused = served.client.post("/v1/assessments", json={"values": bad})
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 3
    assert "SECRET" not in refused.text


def test_health(served: Served) -> None:
    assert served.client.get("/livez").json() == {"status": "alive"}
    ready = served.client.get("/readyz").json()
    assert ready["policy"] == "lushi_2017_04_01"
    assert ready["policy_sha256"] == served.parts.policies.in_force(NOW.date()).sha256


def test_the_description_lists_every_route_with_its_problems(served: Served) -> None:
    described = served.client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/v1/decisions", "/v1/decisions/{decision_id}", "/v1/decisions/{decision_id}/replay", "/v1/decisions/{decision_id}/closing", "/v1/households/{household_id}", "/v1/assessments", "/livez", "/readyz",
        "/v1/decisions:batch", "/v1/log/checkpoint", "/v1/log/inclusion", "/v1/log/consistency", "/v1/log/key",
        "/v1/consents", "/v1/consents/{reference}", "/v1/consents/{reference}/withdrawal",
        "/v1/households/{household_id}/reports", "/v1/decisions/{decision_id}/overrides", "/v1/overrides/{override_id}/confirmation",
        "/v1/objections", "/v1/objections/{objection_id}", "/v1/objections/{objection_id}/outcome",
        "/v1/alarms", "/v1/sessions", "/v1/sessions/current", "/v1/households:search", "/v1/households/{household_id}/unmasking",
    }  # fmt: skip
    statuses = set(described["paths"]["/v1/decisions"]["post"]["responses"])
    assert statuses == {"201", "400", "401", "403", "404", "408", "409", "413", "414", "415", "422", "429", "431", "500", "503"}  # fmt: skip
