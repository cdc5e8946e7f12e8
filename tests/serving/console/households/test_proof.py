"""The check in the browser: it says what verify/check.py says of every proof and every lie, and it believes no server."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, Route, expect

from serving.access.roles import Role
from serving.console.assets import address
from serving.ledger.checkpoint import Signer
from tests.serving.console.households_pages import OTHER, decision_of
from tests.serving.console.site import Site
from tests.verify.logs import SIGNER, Log, log_of
from verify import check
from verify.check import Broken

_RUN = """async ([url, cases]) => {
  const { check } = await import(url);
  const verdicts = [];
  for (const [answer, proof, key, kept, extension] of cases) {
    try {
      await check({ answer, proof, key, kept, extension: async () => extension });
      verdicts.push(true);
    } catch (error) {
      if (error.step === undefined) throw error;
      verdicts.push(false);
    }
  }
  return verdicts;
}"""
Case = tuple[Any, Any, str, str | None, Any]


@pytest.fixture(scope="module")
def page(site: Site, browser: Browser) -> Iterator[Page]:
    with site.browsing(browser, Role.CLERK, language="en") as watched:
        watched.open("/console/")
        yield watched.page


def _judged(page: Page, cases: list[Case]) -> list[bool]:
    found = page.evaluate(_RUN, [address("proof.js"), [list(it) for it in cases]])
    assert isinstance(found, list)
    return found


def _holds(case: Case) -> bool:
    try:
        check.check(*case)
    except Broken:
        return False
    return True


def test_every_honest_proof_holds(page: Page) -> None:
    log = log_of(33)
    cases: list[Case] = [
        (
            log.answers[index],
            log.inclusion(index, size),
            SIGNER.public,
            log.checkpoint(kept),
            log.consistency(kept, size),
        )
        for size in (1, 2, 3, 4, 7, 8, 9, 16, 31, 32, 33)
        for index in range(size)
        for kept in {0, 1, size // 2, size}
    ]
    assert all(map(_holds, cases))
    assert all(_judged(page, cases))


def test_whatever_is_changed_it_says_what_the_banks_own_checker_says(page: Page) -> None:
    draw, log = random.Random(11), log_of(21)
    cases = [_spoilt(draw, log) for _ in range(600)]
    wanted = [_holds(it) for it in cases]
    assert _judged(page, cases) == wanted
    assert 0.02 < sum(wanted) / len(wanted) < 0.5, "most changes break a proof; some change nothing"


def _spoilt(draw: random.Random, log: Log) -> Case:
    size = draw.randrange(2, 22)
    index, kept = draw.randrange(size), draw.randrange(size + 1)
    answer, proof = copy.deepcopy(log.answers[index]), log.inclusion(index, size)
    note, more, key = log.checkpoint(kept), log.consistency(kept, size), SIGNER.public
    way = draw.randrange(12)
    if way < 5:
        _spoil_answer(draw, way, answer)
    elif way < 8:
        _spoil_proof(draw, way, proof)
    elif way == 8:
        more["path"] = _other_path(draw, more["path"])
    elif way == 9:
        note = _letter(draw, note)
    elif way == 10:
        key = _letter(draw, key)
    else:
        note, more = log_of(max(kept, 1), word="score").checkpoint(max(kept, 1)), log.consistency(max(kept, 1), size)
    return answer, proof, key, note, more


def _spoil_answer(draw: random.Random, way: int, answer: dict[str, Any]) -> None:
    receipt = answer["receipt"]
    if way == 0:
        answer["binding"]["grade"] = draw.choice(["AAA", "AA"])
    elif way == 1:
        receipt["log_index"] = draw.randrange(21)
    elif way == 2:
        receipt["log_entry"] = _letter(draw, receipt["log_entry"])
    elif way == 3:
        receipt["salt"] = _letter(draw, receipt["salt"])
    else:
        answer[draw.choice(["afterwards", "more"])] = 1


def _spoil_proof(draw: random.Random, way: int, proof: dict[str, Any]) -> None:
    if way == 5:
        proof[draw.choice(["index", "size"])] = draw.randrange(23)
    elif way == 6:
        proof["checkpoint"] = _letter(draw, proof["checkpoint"])
    else:
        proof["path"] = _other_path(draw, proof["path"])


def _other_path(draw: random.Random, path: list[str]) -> list[str]:
    return draw.choice([path[1:], path[::-1], [*path, *path[:1]], [_letter(draw, it) for it in path]])


def _letter(draw: random.Random, text: str) -> str:
    at = draw.randrange(len(text))
    return text[:at] + draw.choice("AZaz09+/=\n —é") + text[at + 1 :]


def test_texts_of_every_kind_are_written_as_the_service_writes_them(page: Page) -> None:
    log = Log()
    for text in ("张三", "\u2028\u2029", "\x00\x1f\x7f", '"\\/', "😀", "\ufffd", "<script>", "e\u0301"):
        log.append(
            {"decision_id": text, text: [1, -7, 2**53 - 1, True, None, {}, []], "\uffff": 1, "😀z": {"b": 1, "a": text}}
        )
    cases: list[Case] = [
        (json.loads(json.dumps(log.answers[it])), log.inclusion(it, 8), SIGNER.public, None, None) for it in range(8)
    ]
    assert all(map(_holds, cases))
    assert all(_judged(page, cases))


def _check(page: Page, key: str) -> None:
    page.fill("#key", key)
    page.click("#check button")


def test_an_honest_service_is_shown_to_be_honest_and_the_checkpoint_is_kept(site: Site, browser: Browser) -> None:
    key = site.served.parts.signer.public
    with site.browsing(browser, Role.CLERK, language="en") as watched:
        watched.open(f"/console/decisions/{decision_of(site, OTHER)}/proof")
        watched.page.check("#keep")
        _check(watched.page, key)
        expect(watched.page.locator("#holds")).to_be_visible()
        expect(watched.page.locator("[data-step].passed")).to_have_count(5)
        site.served.client.get("/v1/log/checkpoint")
        watched.open(f"/console/decisions/{decision_of(site, OTHER + 1)}/proof")
        expect(watched.page.locator("#key")).to_have_value(key)
        watched.page.click("#check button")
        expect(watched.page.locator("#holds")).to_be_visible()
        expect(watched.page.locator("[data-step].passed")).to_have_count(6)
        assert watched.messages == watched.elsewhere == []


@pytest.mark.parametrize("lie", ["grade", "path", "key", "another decision", "shorter log"])
def test_a_lying_service_is_found_out(lie: str, site: Site, browser: Browser) -> None:
    parts, key = site.served.parts, site.served.parts.signer.public
    forged = Signer(parts.signer.name, Ed25519PrivateKey.generate())
    other = decision_of(site, OTHER + 1)

    def answer(route: Route) -> None:
        found = route.fetch()
        data = found.json()
        if lie == "grade" and "binding" in data:
            data["binding"]["limit_cny"] = "999999.00"
        if lie == "path" and data.get("path"):
            data["path"][0] = base64.b64encode(bytes(32)).decode()
        if lie == "key" and "checkpoint" in data:
            _, size, root, *_ = data["checkpoint"].split("\n")
            data["checkpoint"] = forged.sign(int(size), base64.b64decode(root))
        if lie == "another decision" and "binding" in data:
            data = route.fetch(url=f"{site.url}/v1/decisions/{other}").json()
        route.fulfill(response=found, body=json.dumps(data))

    with site.browsing(browser, Role.CLERK, language="en") as watched:
        watched.page.route("**/v1/**", answer)
        watched.open(f"/console/decisions/{decision_of(site, OTHER)}/proof")
        if lie == "shorter log":
            longer = parts.signer.sign(10**6, bytes(32))
            watched.page.evaluate(
                "([key, note]) => localStorage.setItem(`lushi-log-checkpoint:${key}`, note)", [key, longer]
            )
        _check(watched.page, key)
        expect(watched.page.locator("#breaks")).to_be_visible()
        expect(watched.page.locator("#holds")).to_be_hidden()
        expect(watched.page.locator("[data-step].broken")).to_have_count(1)
        assert not [it for it in watched.messages if "Failed to load" not in it]


def test_a_service_that_does_not_answer_is_no_proof_of_anything(site: Site, browser: Browser) -> None:
    with site.browsing(browser, Role.CLERK, language="en") as watched:
        watched.page.route("**/v1/log/**", lambda it: it.fulfill(status=503))
        watched.open(f"/console/decisions/{decision_of(site, OTHER)}/proof")
        _check(watched.page, site.served.parts.signer.public)
        expect(watched.page.locator("#failed")).to_be_visible()
        expect(watched.page.locator("#holds")).to_be_hidden()
        expect(watched.page.locator("#breaks")).to_be_hidden()
