"""Every operation of the API's description, called with data that fits it and data that does not, alone and in sequences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema

from serving.api.app import create_app
from tests.serving.real_values import SIGN_IN, SIGN_OUT, Real, add_person, roles_by_operation
from tests.serving.served import Served

CONFIG: dict[str, Any] = {
    "seed": 1,
    "workers": 1,
    "generation": {"deterministic": True, "database": "none", "no-shrink": True, "max-examples": 60},
    "phases": {"stateful": {"generation": {"max-examples": 25}}},
    "operations": [
        {
            # A reference may hold slashes, so this address is also one of a consent that may be read.
            "include-name": "POST /v1/consents/{reference}/withdrawal",
            "checks": {"allow_header_conformance": {"enabled": False}, "unsupported_method": {"enabled": False}},
        }
    ],
    "checks": {
        # An address that is too long, or a body too large, is refused before its form is looked at.
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "405", "409", "413", "414", "415", "422", "431"]
        },
        # Data may have the right form and still not be what a policy lists: told apart by ``form_is_accepted``.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "403", "404", "409", "422"]},
    },
}


@schemathesis.check
def form_is_accepted(ctx: CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> bool | None:
    """Data that fits the description is never refused for its form."""
    fits = case.meta is not None and case.meta.generation.mode.is_positive
    if fits and response.status_code == 422 and response.json()["type"] == "urn:lushi:problem:invalid":
        raise Failure(operation=case.operation.label, title="Refused data that fits", message=response.text)
    return None


@pytest.fixture(scope="module")
def api(make_county: Callable[[], Served]) -> Any:
    """The description of a county's service, with a key for each operation and real values."""
    served = make_county()
    app, real = create_app(served.parts), Real.of(served)
    roles = roles_by_operation(app)
    person = add_person(served.parts)
    said = {role: served.key(role) for role in set(roles.values()) if role is not None}
    loaded = schemathesis.openapi.from_asgi(
        "/openapi.json", app, config=SchemathesisConfig.from_dict(CONFIG), headers=served.key()
    )

    class Keys:
        """Schemathesis' way of adding a key, or a session."""

        def get(self, case: schemathesis.Case, context: object) -> dict[str, str]:
            label = case.operation.label
            if label == SIGN_IN:
                return person.basic
            if label == SIGN_OUT:  # a session of its own, since it ends
                return person.session(served.parts)
            role = roles[label]
            return said[role] if role else {}

        def set(self, case: schemathesis.Case, data: dict[str, str], context: object) -> None:
            case.headers.update(data)

    loaded.auth(refresh_interval=None)(Keys)

    @loaded.hook
    def map_case(context: object, case: schemathesis.Case) -> schemathesis.Case:
        if case.meta is None or case.meta.generation.mode.is_positive:
            for part in ("path_parameters", "query", "body"):
                setattr(case, part, real.within(getattr(case, part)))
        return case

    return loaded


CHECKS = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "ignored_auth",
    "missing_required_header", "unsupported_method", "allow_header_conformance", "use_after_free",
    "ensure_resource_availability", "object_level_authorization", "form_is_accepted",
}  # fmt: skip


@dataclass
class Seen:
    """What a run met: failures in words, checks that were made, answers per operation."""

    failures: list[str] = field(default_factory=list)
    checks: set[str] = field(default_factory=set)
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def scenario(self, event: events.ScenarioFinished) -> None:
        """Take in one finished scenario."""
        recorder = event.recorder
        for case_id, node in recorder.cases.items():
            label = node.value.operation.label
            if case_id in recorder.interactions and (response := recorder.interactions[case_id].response):
                self.answers[label][response.status_code] += 1
            for check in recorder.checks.get(case_id, ()):
                self.checks.add(check.name)
                if (info := check.failure_info) is not None:
                    words = f"{event.phase.value}, {label}, {check.name}: {info.failure.title}. {info.failure.message}"
                    self.failures.append(f"{words}\n  {info.code_sample}")


@pytest.mark.slow
def test_every_operation_keeps_its_word(api: Any) -> None:
    seen = Seen()
    for event in from_schema(api).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            seen.failures.append(repr(event))
        elif isinstance(event, events.ScenarioFinished):
            seen.scenario(event)
    assert not seen.failures, "\n".join([f"{len(seen.failures)} failures", *seen.failures[:40]])
    assert seen.checks == CHECKS
    operations = {operation.ok().label for operation in api.get_all_operations()}
    # Reached: its use case ran; a refusal of the request's form, of its key or its role is not enough.
    reached = {label for label, statuses in seen.answers.items() if statuses.keys() & {200, 201, 202, 204, 404, 409}}
    assert operations - reached == set()
    assert sum(statuses.total() for statuses in seen.answers.values()) > 50 * len(operations)
