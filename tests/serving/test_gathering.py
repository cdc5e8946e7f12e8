"""Work that waits is done together, and nobody's lot is another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import wait
from threading import Event
from typing import Any

import pytest

from serving import gathering
from serving.gathering import Gatherer, gathered
from serving.turns import TooBusy


class _Work:
    """Says which groups came; the first one stays at work until it is let go."""

    def __init__(self, *, stays: bool = True) -> None:
        self.groups: list[list[str]] = []
        self.begun, self.let_go = Event(), Event()
        if not stays:
            self.let_go.set()

    def __call__(self, asked: Sequence[str]) -> list[Any]:
        self.groups.append(list(asked))
        self.begun.set()
        assert self.let_go.wait(30)
        return [
            {"bad": ValueError("mine"), "alone": None if len(asked) > 1 else "by itself"}.get(it, it) for it in asked
        ]


def _gatherer(work: _Work, **changes: Any) -> Gatherer[str, str]:
    return Gatherer(work, **{"at_once": 1, "most": 4, **changes})


def test_what_finds_nobody_at_work_is_begun_at_once_and_alone() -> None:
    work = _Work(stays=False)
    gatherer = _gatherer(work)
    assert [gatherer.put(it).result(30) for it in "abc"] == ["a", "b", "c"]
    assert work.groups == [["a"], ["b"], ["c"]]


def test_what_waits_meanwhile_forms_the_next_groups_in_its_order() -> None:
    work = _Work()
    gatherer = _gatherer(work)
    first = gatherer.put("a")
    assert work.begun.wait(30)
    others = [gatherer.put(it) for it in "bcdefg"]
    work.let_go.set()
    assert [it.result(30) for it in (first, *others)] == list("abcdefg")
    assert work.groups == [["a"], ["b", "c", "d", "e"], ["f", "g"]]


def test_one_failure_is_one_failure_and_who_is_done_alone_comes_last() -> None:
    work = _Work()
    gatherer = _gatherer(work)
    gatherer.put("a")
    assert work.begun.wait(30)
    good, bad, alone = (gatherer.put(it) for it in ("b", "bad", "alone"))
    work.let_go.set()
    assert (good.result(30), alone.result(30)) == ("b", "by itself")
    with pytest.raises(ValueError, match="mine"):
        bad.result(30)
    assert work.groups == [["a"], ["b", "bad", "alone"], ["alone"]]


def test_those_that_meet_are_never_at_work_together_and_keep_their_order() -> None:
    work = _Work()
    gatherer = _gatherer(work, at_once=2, apart=lambda it: frozenset(it.split("+")))
    first = gatherer.put("x+y")
    assert work.begun.wait(30)
    meeting = [gatherer.put(it) for it in ("y+z", "z")]
    assert not wait(meeting, 0.1).done
    free = gatherer.put("w")
    work.let_go.set()
    assert [it.result(30) for it in (first, *meeting, free)] == ["x+y", "y+z", "z", "w"]
    for group in work.groups:
        names = [name for it in group for name in it.split("+")]
        assert len(names) == len(set(names))
    order = [it for group in work.groups for it in group if it != "w"]
    assert order == ["x+y", "y+z", "z"]


def test_work_that_fails_as_a_whole_fails_each_and_ends_nothing() -> None:
    failing = True

    def work(asked: Sequence[str]) -> Sequence[str]:
        if failing:
            raise OSError("all")
        return asked

    gatherer: Gatherer[str, str] = Gatherer(work, at_once=1, most=4)
    with pytest.raises(OSError, match="all"):
        gatherer.put("a").result(30)
    failing = False
    assert gatherer.put("a").result(30) == "a"


def test_who_waits_too_long_is_told_and_never_begun() -> None:
    work = _Work()
    gatherer = _gatherer(work)
    first = gatherer.put("a")
    assert work.begun.wait(30)

    async def impatient() -> str:
        return await gathered(gatherer.put("b"), patience_seconds=0.05)

    with pytest.raises(TooBusy):
        asyncio.run(impatient())
    work.let_go.set()
    assert (first.result(30), gatherer.put("c").result(30)) == ("a", "c")
    assert work.groups == [["a"], ["c"]]


def test_what_would_be_done_alone_after_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", -1.0)
    work = _Work()
    gatherer = _gatherer(work)
    gatherer.put("a")
    assert work.begun.wait(30)
    good, alone = gatherer.put("b"), gatherer.put("alone")
    work.let_go.set()
    assert good.result(30) == "b"
    with pytest.raises(TooBusy):
        alone.result(30)


def test_an_answer_is_awaited_as_it_comes() -> None:
    gatherer = _gatherer(_Work(stays=False))

    async def several() -> list[str]:
        return await asyncio.gather(*(gathered(gatherer.put(it)) for it in "abcdef"))

    assert asyncio.run(several()) == list("abcdef")
