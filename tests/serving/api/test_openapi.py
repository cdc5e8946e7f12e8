"""The API's description: kept as a file, whole, and true of real answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.feature_set import load_feature_set
from serving.access.roles import Role
from serving.api.field_faults import FIELDS
from serving.commands.openapi import written
from tests.fakes import models
from tests.serving.advised import Advised
from tests.serving.describing import fits, operations, request_schema, validator
from tests.serving.served import Served, ask

SNAPSHOT = Path(__file__).parents[3] / "docs" / "openapi" / "v1.json"


@pytest.fixture(scope="module")
def described(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = served.client.get("/openapi.json").json()
    return found


def test_the_kept_description_is_the_services(served: Served) -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == written(served.parts), "run: lushi openapi > docs/openapi/v1.json"


def test_the_command_prints_it_and_needs_no_database(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    found = subprocess.run(
        [sys.executable, "-m", "lushi", "openapi"],
        env=clean | {"LUSHI_DATA": str(tmp_path)}, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert found.stdout == SNAPSHOT.read_bytes()
    assert list(tmp_path.iterdir()) == []


def test_every_operation_says_who_may_call_and_every_problem(described: dict[str, Any]) -> None:
    assert described["info"]["version"].count(".") == 2
    assert described["security"][0] == {"bearerKey": []}
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(described):
        case, statuses = (path, method), set(operation["responses"])
        keyed = operation.get("security") is None
        assert keyed or path in ("/livez", "/v1/sessions"), case
        if keyed:
            assert statuses >= {"400", "401", "403", "414", "422", "429", "431", "500", "503"}, case
        if "requestBody" in operation:
            assert statuses >= {"408", "413", "415"}, case
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (case, status)
            elif "application/json" in response.get("content", {}):
                schema = response["content"]["application/json"]["schema"]
                assert "$ref" in schema or "anyOf" in schema, (case, "name what the answer holds")
        assert operation["description"], case


def test_every_model_of_a_request_is_closed_and_has_an_example_thatfits(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        named = request_schema(described, operation)
        if named is None:
            continue
        assert named["additionalProperties"] is False, (path, method)
        assert named["properties"] == {} or named["examples"], (path, method)
        for example in named.get("examples", ()):
            validator(described, named).validate(example)


def test_every_name_that_a_caller_may_send_can_be_named_in_a_fault(described: dict[str, Any]) -> None:
    sent: set[str] = set()
    for _, _, operation in operations(described):
        sent |= {it["name"] for it in operation.get("parameters", ())}
        sent |= (request_schema(described, operation) or {"properties": {}})["properties"].keys()
    assert sent | {"body", "path", "query", "header"} == FIELDS


def test_real_answers_are_as_described(served: Served, described: dict[str, Any]) -> None:
    client, ids = served.client, served.ids()
    decided = []
    for household in ids[:60]:
        decided.append(fits(described, "/v1/decisions", "post", client.post("/v1/decisions", json=ask(household))))
        fits(described, "/v1/households/{household_id}", "get", client.get(f"/v1/households/{household}"))
    assert {it["binding"]["status"] for it in decided} >= {"graded", "below_a", "vetoed", "withheld"}
    items = [ask(ids[0]), ask("411299999999-0001"), {"no": 1}]
    fits(described, "/v1/decisions:batch", "post", client.post("/v1/decisions:batch", json={"decisions": items}))
    for one in decided[:20]:
        read = client.get(f"/v1/decisions/{one['decision_id']}")
        fits(described, "/v1/decisions/{decision_id}", "get", read)
    for body in ({"values": {}}, {"values": {"late_1_30": 3, "query_consent": "yes", "borrower_age": 40}}):
        fits(described, "/v1/assessments", "post", client.post("/v1/assessments", json=body))
    client.get("/v1/log/checkpoint")
    for path, query in (("inclusion", "index=0"), ("consistency", "first=1&second=2"), ("key", "")):
        fits(described, f"/v1/log/{path}", "get", client.get(f"/v1/log/{path}?{query}"))
    for path in ("/livez", "/readyz"):
        fits(described, path, "get", client.get(path))


def test_an_opinion_is_as_described(advised: Advised, described: dict[str, Any]) -> None:
    advised.stand(models.artefact(load_feature_set()))
    given = 0
    for household in advised.served.ids()[:30]:
        answer = advised.served.client.post("/v1/decisions", json=ask(household))
        given += fits(described, "/v1/decisions", "post", answer)["advisory"]["status"] == "given"
    assert given == 30


def test_an_erased_decision_is_as_described(advised: Advised, described: dict[str, Any]) -> None:
    made = advised.decide(advised.served.ids()[0])
    with advised.served.parts.store.engine.begin() as connection:
        connection.execute(
            sa.text("DELETE FROM log_contents WHERE index = :index"), {"index": made["receipt"]["log_index"]}
        )
    answer = advised.served.client.get(f"/v1/decisions/{made['decision_id']}")
    assert fits(described, "/v1/decisions/{decision_id}", "get", answer)["erased"] is True


def test_problems_are_as_described(served: Served, described: dict[str, Any]) -> None:
    client = served.client
    analyst = served.key(Role.ANALYST, "county")
    cases = {
        400: client.post("/v1/decisions", content=b"{", headers={"content-type": "application/json"}),
        401: client.post("/v1/decisions", json={}, headers={"Authorization": "Bearer x"}),
        403: client.post("/v1/decisions", json=ask(served.ids()[0]), headers=analyst),
        404: client.get("/v1/households/411299999999-0001"),
        415: client.post("/v1/decisions", content=b"{}", headers={"content-type": "text/plain"}),
        422: client.post("/v1/decisions", json={}),
    }
    for status, answer in cases.items():
        assert answer.status_code == status
        get = ("/v1/households/{household_id}", "get")
        fits(described, *(get if status == 404 else ("/v1/decisions", "post")), answer)
