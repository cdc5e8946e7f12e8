"""Every single letter of what a server sends, changed one after another: the checker refuses each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verify.logs import SIGNER, Log, log_of
from verify import check
from verify.check import Broken

KEY = SIGNER.public
Sent = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def kept() -> tuple[Log, str]:
    """A log of eleven entries, and the checkpoint over six that the bank kept."""
    log = log_of(11)
    return log, log.checkpoint(6)


def _sent(log: Log, index: int) -> Sent:
    return log.answers[index], log.inclusion(index, 11), log.consistency(6, 11)


def _letters(written: str) -> list[str]:
    """The text with each letter in turn made another one."""
    return [written[:at] + ("A" if letter != "A" else "B") + written[at + 1 :] for at, letter in enumerate(written)]


@pytest.mark.parametrize("part", [0, 1, 2], ids=["answer", "inclusion", "consistency"])
@pytest.mark.parametrize("index", [2, 8])
def test_every_letter_of_an_answer_or_proof_counts(kept: tuple[Log, str], part: int, index: int) -> None:
    log, checkpoint = kept
    sent = _sent(log, index)
    assert check.check(sent[0], sent[1], KEY, checkpoint, sent[2])
    tried = 0
    for changed in _letters(json.dumps(sent[part], ensure_ascii=False)):
        try:
            other = json.loads(changed)
        except ValueError:
            continue  # no JSON any more: the command line refuses it as that
        if other == sent[part]:
            continue
        given = [*sent[:part], other, *sent[part + 1 :]]
        with pytest.raises(Broken):
            check.check(given[0], given[1], KEY, checkpoint, given[2])
        tried += 1
    assert tried > 100


def test_every_letter_of_the_kept_checkpoint_and_of_the_key_counts(kept: tuple[Log, str]) -> None:
    log, checkpoint = kept
    answer, proof, more = _sent(log, 2)
    for changed in _letters(checkpoint):
        with pytest.raises(Broken):
            check.check(answer, proof, KEY, changed, more)
    for changed in _letters(KEY):
        with pytest.raises(Broken):
            check.check(answer, proof, changed, checkpoint, more)


def test_a_log_with_an_entry_dropped_doubled_or_swapped_does_not_extend_the_kept_one(kept: tuple[Log, str]) -> None:
    log, checkpoint = kept
    for index in range(6):
        for order in (
            [it for it in range(11) if it != index],
            sorted([*range(11), index]),
            [{index: 5 - index, 5 - index: index}.get(it, it) for it in range(11)],
        ):
            if order[:6] == list(range(6)):
                continue  # what the bank kept a checkpoint of is untouched
            other = Log()
            for number in order:
                other.append({key: it for key, it in log.answers[number].items() if key != "receipt"})
            size = len(order)
            answer, proof = other.answers[size - 1], other.inclusion(size - 1, size)
            with pytest.raises(Broken, match="rewritten or forked"):
                check.check(answer, proof, KEY, checkpoint, other.consistency(6, size))
