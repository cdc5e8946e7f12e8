"""``lushi replay``: what it prints, and its exit codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

from serving.commands import replay
from tests.serving.served import Served, ask


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county that these tests tamper with."""
    return make_county()


@pytest.fixture(scope="module")
def decided(own: Served) -> list[str]:
    return [own.client.post("/v1/decisions", json=ask(it)).json()["decision_id"] for it in own.ids()[:12]]


def _run(own: Served, *words: str) -> tuple[int, str]:
    app = typer.Typer()
    app.callback()(lambda: None)  # with one command alone typer would drop its name
    replay.register(app, lambda: own.parts)
    done = CliRunner().invoke(app, ["replay", *words], env={"COLUMNS": "160"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def test_the_same_leaves_with_0(own: Served, decided: list[str]) -> None:
    assert _run(own, decided[0]) == (0, "1 of 1 decisions replay identically\n")
    code, says = _run(own, "--sample", "5")
    assert (code, says.splitlines()[-1]) == (0, "5 of 5 decisions replay identically")
    code, says = _run(own, decided[0], "--policy", "2017-04-01")
    assert (code, "same" in says) == (0, True)


def test_another_outcome_leaves_with_1_and_shows_it(own: Served, decided: list[str]) -> None:
    found = [_run(own, it, "--policy", "2021-03-01") for it in decided]
    assert {code for code, _ in found} == {0, 1}
    assert all(("changed_by_policy" in says) == (code == 1) for code, says in found)
    assert all("recorded · 记录" in says for _, says in found)


def test_what_cannot_be_repeated_leaves_with_3(own: Served, decided: list[str]) -> None:
    with own.parts.store.engine.begin() as connection:
        erase = "DELETE FROM log_contents WHERE index = (SELECT entry_no FROM decisions WHERE decision_id = :id)"
        connection.execute(sa.text(erase), {"id": decided[11]})
    code, says = _run(own, decided[11])
    assert (code, "was erased" in says) == (3, True)
    code, says = _run(own, decided[11], "--data", "now")
    assert (code, "was erased" in says) == (3, True)


@pytest.mark.parametrize(
    "words", [(), ("ID", "--sample", "3"), ("--sample", "3", "--data", "now"), ("ID", "--policy", "2018-01-01")]
)
def test_wrong_use_leaves_with_2(own: Served, decided: list[str], words: tuple[str, ...]) -> None:
    assert _run(own, *(decided[0] if it == "ID" else it for it in words))[0] == 2
