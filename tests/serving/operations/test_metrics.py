"""The metrics: what is documented is what is there, and each counts what it says."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from feature_store.adapters import embedded
from serving.api.app import create_app
from serving.api.observed import UNROUTED
from serving.operations.gauges import Gauges
from serving.telemetry.exposed import PortTaken, exposition, serve_metrics
from serving.telemetry.metrics import REGISTRY
from tests.fakes.models import artefact
from tests.serving.advised import SET, Advised
from tests.serving.processes import free_port
from tests.serving.served import NOW, Served, ask

DOCUMENT = Path(__file__).parents[3] / "docs" / "operations.md"
_ENDINGS = {"counter": "_total", "info": "_info"}


def _value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def _looked_up(served: Served, gauges: Gauges | None = None) -> dict[str, float]:
    families = (gauges or Gauges(served.parts)).collect()
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_every_metric_is_documented_with_its_labels_and_no_other(served: Served) -> None:
    rows = re.findall(r"^\| `(lushi_\w+)` \|([^|]*)\|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {name: tuple(filter(None, labels.replace(" ", "").split(","))) for name, labels in rows}
    counted = {
        f"{it._name}{_ENDINGS.get(it._type, '')}": it._labelnames
        for it in REGISTRY._collector_to_names  # type: ignore[attr-defined]
    }
    told = {f"{it.name}{_ENDINGS.get(it.type, '')}" for it in Gauges(served.parts).describe()}
    assert set(documented) == set(counted) | told
    assert {name: documented[name] for name in counted} == counted


@pytest.mark.parametrize(
    ("path", "headers", "route", "status"),
    [
        ("/livez", {}, "/livez", "200"),
        ("/readyz", {}, "/readyz", "200"),
        ("/readyz", {"Authorization": ""}, "unrouted", "401"),
        ("/v1/decisions/411299101201", {}, "/v1/decisions/{decision_id}", "422"),
        ("/411299101201", {}, "unrouted", "404"),
    ],
)
def test_a_call_is_counted_by_its_routes_template(
    served: Served, path: str, headers: dict[str, str], route: str, status: str
) -> None:
    labels = {"route": route, "method": "GET", "status": status}
    before, timed = _value("lushi_calls_total", **labels), _value("lushi_call_seconds_count", route=route)
    served.client.get(path, headers=headers)
    assert _value("lushi_calls_total", **labels) == before + 1
    assert _value("lushi_call_seconds_count", route=route) == timed + 1


def test_a_call_too_many_and_one_too_large_are_counted(served: Served) -> None:
    slow = replace(served.parts, settings=replace(served.parts.settings, calls_per_second=1))
    slow.__dict__["store"] = served.parts.store
    client = TestClient(create_app(slow), raise_server_exceptions=False, headers=served.key())
    labels = {"route": "unrouted", "method": "GET", "status": "429"}
    before = _value("lushi_calls_total", **labels)
    refused = sum(client.get("/readyz").status_code == 429 for _ in range(9))
    assert refused > 0
    assert _value("lushi_calls_total", **labels) == before + refused
    large = {"route": "unrouted", "method": "POST", "status": "413"}
    before = _value("lushi_calls_total", **large)
    served.client.post("/v1/decisions", content=b"x" * 300_000, headers={"Content-Type": "application/json"})
    assert _value("lushi_calls_total", **large) == before + 1


def test_a_made_up_method_is_no_label_of_its_own(served: Served) -> None:
    labels = {"route": UNROUTED, "method": "other", "status": "405"}
    before = _value("lushi_calls_total", **labels)
    served.client.request("BREW", "/livez")
    assert _value("lushi_calls_total", **labels) == before + 1


def test_a_decision_is_counted_once_it_is_recorded_and_not_again_when_it_is_repeated(advised: Advised) -> None:
    served = advised.served
    advised.stand(artefact(SET))

    def counts() -> tuple[float, float, float]:
        every = [sample for family in REGISTRY.collect() for sample in family.samples]
        return (
            sum(it.value for it in every if it.name == "lushi_decisions_total"),
            sum(it.value for it in every if it.name == "lushi_opinions_total" and it.labels["status"] == "given"),
            _value("lushi_opinion_seconds_count"),
        )

    before = counts()
    answer = served.client.post("/v1/decisions", json=ask(served.ids()[0]), headers={"Idempotency-Key": "once"})
    assert answer.json()["advisory"]["status"] == "given"
    binding = answer.json()["binding"]
    one = _value("lushi_decisions_total", status=binding["status"], grade=binding["grade"] or "none")
    assert one >= 1
    assert counts() == tuple(count + 1 for count in before)
    served.client.post("/v1/decisions", json=ask(served.ids()[0]), headers={"Idempotency-Key": "once"})
    served.client.post("/v1/decisions", json=ask("411299101201-9999"))
    assert counts() == tuple(count + 1 for count in before)
    advised.renew()
    advised.registry.away = True
    reason = _value("lushi_opinions_total", status="unavailable", reason="model_missing")
    served.client.post("/v1/decisions", json=ask(served.ids()[0]))
    assert _value("lushi_opinions_total", status="unavailable", reason="model_missing") == reason + 1


def test_what_is_looked_up_is_what_is_so(make_county: Callable[[], Served]) -> None:
    own = make_county()
    assert "lushi_checkpoint_age_seconds" not in _looked_up(own)
    own.client.get("/v1/log/checkpoint")
    own.clock.moment = NOW + timedelta(seconds=90)
    found = _looked_up(own)
    assert found["lushi_log_entries"] == 2  # the consents' and the client's
    assert found["lushi_checkpoint_age_seconds"] == 90
    assert found["lushi_database_up"] == 1
    assert (found["lushi_workers"], found["lushi_worker_restarts_total"]) == (1, 0)
    assert "lushi_policy_days_left" not in found
    first = own.parts.policies.policies[0]
    for days in (12, 0, -1):
        ended = replace(first, effective_to=NOW.date() + timedelta(days=days))
        parts = replace(own.parts, policies=replace(own.parts.policies, policies=(ended,)))
        parts.__dict__["store"] = own.parts.store
        assert _looked_up(own, Gauges(parts))["lushi_policy_days_left"] == days
    embedded.stop(own.folder / "postgres")
    away = _looked_up(own)
    assert away["lushi_database_up"] == 0
    assert not {"lushi_log_entries", "lushi_checkpoint_age_seconds"} & set(away)
    embedded.start(own.folder / "postgres")
    assert _looked_up(own)["lushi_database_up"] == 1
    assert _value("lushi_database_connections") == 0


def test_the_port_shows_everything_in_prometheus_own_form_until_it_is_closed(served: Served) -> None:
    served.client.get("/livez")
    port = free_port()
    close = serve_metrics("127.0.0.1", port, exposition(None, [Gauges(served.parts)]))
    try:
        text = httpx2.get(f"http://127.0.0.1:{port}/metrics").text
    finally:
        close()
    names = {family.name for family in text_string_to_metric_families(text)}
    assert {
        "lushi_calls",
        "lushi_call_seconds",
        "lushi_log_entries",
        "lushi_service_info",
        "process_cpu_seconds",
    } <= names
    assert not any(household in text for household in served.ids())
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_port_that_is_taken_is_said(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken, match="LUSHI_METRICS_PORT"):
            serve_metrics("127.0.0.1", taken.getsockname()[1], exposition(None, []))
