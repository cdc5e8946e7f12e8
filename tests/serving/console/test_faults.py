"""Whatever is sent, the answer is a page in the reader's language, with the right status, that repeats nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feature_store.adapters.connect import StoreUnavailable
from serving.access.roles import Role
from serving.console import signed
from serving.console.assets import address
from serving.console.headers import PAGE_HEADERS
from tests.serving.console.pages import person
from tests.serving.console.site import Site

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"a=1", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"", {}, 415),
        (b"a=" + b"x" * 300_000, FORM, 413),
        (b"a=%FF", FORM, 400),
        (b"\xff=1", FORM, 400),
        (b"a=%00", FORM, 400),
        (b"a=1&a=2", FORM, 400),
        (b"&".join(b"a%d=1" % it for it in range(700)), FORM, 400),
        (b"a=SECRETWORD", FORM, 403),
    ],
)
def test_a_form_that_cannot_be_taken(body: bytes, headers: dict[str, str], status: int, site: Site) -> None:
    with person(site, Role.AUDITOR, language="en") as client:
        answer = client.post("/console/sign-out", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "SECRETWORD" not in answer.text
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize(
    "path",
    ["/console/nowhere", "/console/assets/x/console.py", "/console/assets/x/..%2Fapp.py", "/console/language/fr"],
)
def test_an_address_that_is_not_there(path: str, site: Site) -> None:
    with person(site, Role.AUDITOR) as client:
        answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "返回首页" in answer.text


def test_an_unknown_parameter_is_refused(site: Site) -> None:
    with person(site, Role.AUDITOR) as client:
        assert client.get("/console/", params={"x": "1"}).status_code == 422


@pytest.mark.parametrize(("fails", "status"), [(StoreUnavailable, 503), (RuntimeError, 500)])
def test_what_fails_behind_a_page_is_a_page(
    fails: type[Exception], status: int, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> Callable[..., object]:
        raise fails("SECRETWORD")

    monkeypatch.setattr(signed, "session_of", failing)
    with person(site, Role.AUDITOR) as client:
        answer = client.get("/console/")
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "SECRETWORD" not in answer.text


def test_every_answer_carries_the_headers(site: Site) -> None:
    with person(site, Role.AUDITOR) as client, person(site, None) as nobody:
        answers = [
            client.get("/console/"),
            client.get("/console/nowhere"),
            nobody.get("/console/"),
            nobody.get("/console/sign-in"),
        ]
        asset = nobody.get(address("console.css"))
    for answer in [*answers, asset]:
        assert {name: answer.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-correlation-id"]
    assert all(it.headers["cache-control"] == "no-store" for it in answers)
    assert "immutable" in asset.headers["cache-control"]
    assert asset.headers["content-encoding"] == "gzip"


def test_the_api_beside_it_is_as_it_was(site: Site) -> None:
    with person(site, None) as nobody:
        assert nobody.get("/livez").status_code == 200
        assert nobody.get("/v1/log/key").status_code == 401
        assert nobody.get("/consolex").status_code == 401
