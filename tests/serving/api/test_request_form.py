"""Heads of requests: bounded, read in one way only, and every answer is marked as not to be kept."""

from __future__ import annotations

import json

import pytest

from serving.api.request_form import MOST_ADDRESS_BYTES, MOST_HEADER_BYTES, MOST_HEADERS
from tests.serving.served import Served, ask


def test_an_address_is_as_long_as_the_bound_and_no_longer(served: Served) -> None:
    most = MOST_ADDRESS_BYTES - len("/v1/households/")
    assert served.client.get("/v1/households/" + "a" * most).status_code == 422
    longer = served.client.get("/v1/households/" + "a" * (most + 1))
    assert (longer.status_code, longer.json()["type"]) == (414, "urn:lushi:problem:address-too-long")


def test_headers_are_as_many_and_as_large_as_the_bound_and_no_more(served: Served) -> None:
    many = {f"x-{number}": "1" for number in range(MOST_HEADERS)}
    large = {"x-large": "a" * MOST_HEADER_BYTES}
    for headers in (many, large):
        answer = served.client.get("/readyz", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (431, "urn:lushi:problem:headers-too-large")
    fewer = dict.fromkeys(list(many)[: MOST_HEADERS - 10], "1")
    assert served.client.get("/readyz", headers=fewer).status_code == 200


@pytest.mark.parametrize("part", ["%", "%zz", "%ff", "%00", "%0a", "%5c", "%C0%AF"])
def test_an_address_that_cannot_be_said_is_refused(served: Served, part: str) -> None:
    assert served.client.get(f"/v1/households/{part}").status_code == 400
    assert served.client.get(f"/v1/log/inclusion?index=0&{part}=1").status_code == 400


@pytest.mark.parametrize("name", ["Content-Type", "Content-Length", "Idempotency-Key", "Host", "Content-Encoding"])
def test_a_header_that_matters_stands_once(served: Served, name: str) -> None:
    body = json.dumps(ask(served.ids()[0])).encode()
    said = {"content-type": "application/json", "content-length": str(len(body)), "host": "x"}
    headers = [*said.items(), (name, said.get(name.lower(), "identity")), (name, said.get(name.lower(), "identity"))]
    answer = served.client.post("/v1/decisions", content=body, headers=headers)
    assert (answer.status_code, "stands twice" in answer.json()["detail"]) == (400, True)


def test_a_wrong_method_is_told_the_right_ones_before_anything_is_read(served: Served) -> None:
    household = f"/v1/households/{served.ids()[0]}"
    for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO"):
        answer = served.client.request(method, household)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET"), method
    assert served.client.get("/v1/decisions").headers["Allow"] == "POST"


def test_a_body_where_none_belongs_is_refused(served: Served) -> None:
    answer = served.client.request("GET", "/readyz", content=b"{}")
    assert (answer.status_code, "takes no body" in answer.json()["detail"]) == (400, True)


def test_unknown_and_doubled_query_parameters_are_named_by_place_and_not_repeated(served: Served) -> None:
    answer = served.client.get("/v1/log/consistency?first=0&first=0&second=0&SECRET=1&last=2")
    assert answer.status_code == 422
    assert [(it["where"], it["what"]) for it in answer.json()["errors"]] == [
        ("query.first", "stands twice"),
        ("query.?", "is a field that does not exist"),
        ("query.?", "is a field that does not exist"),
    ]
    assert "SECRET" not in answer.text
    assert served.client.post("/v1/decisions?dry_run=1", json=ask(served.ids()[0])).status_code == 422


def test_no_answer_may_be_kept_on_the_way(served: Served) -> None:
    answers = [
        served.client.get("/livez"),
        served.client.get("/v1/log/checkpoint"),
        served.client.get("/none"),
        served.client.get("/livez", headers={"Authorization": ""}),
        served.client.post("/v1/decisions", json=ask(served.ids()[0])),
        served.client.post("/v1/decisions", json={}),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
