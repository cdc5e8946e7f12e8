"""How many calls are decided at once."""

from __future__ import annotations

import threading
import time

import pytest

from serving.turns import TooBusy, Turns


def test_no_more_than_so_many_are_at_it_at_once_and_each_gets_its_turn() -> None:
    turns, lock, now, most, done = Turns(3, patience_seconds=30), threading.Lock(), 0, 0, 0

    def work() -> None:
        nonlocal now, most, done
        with turns.taken():
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.01)
            with lock:
                now -= 1
                done += 1

    threads = [threading.Thread(target=work) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (most, done) == (3, 20)


def test_who_waits_too_long_is_told_and_has_done_nothing() -> None:
    turns = Turns(1, patience_seconds=0.05)
    with turns.taken(), pytest.raises(TooBusy), turns.taken():
        raise AssertionError("two turns at once")
    with turns.taken():
        pass


def test_a_turn_ends_with_an_error_too() -> None:
    turns = Turns(1, patience_seconds=0.05)
    with pytest.raises(ValueError, match="mine"), turns.taken():
        raise ValueError("mine")
    with turns.taken():
        pass
