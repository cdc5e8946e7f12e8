"""The checker that a bank runs: every honest proof holds, every lie of the server shows."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.ledger import tree
from serving.ledger.checkpoint import Signer
from tests.verify.logs import SIGNER, log_of
from verify import check
from verify.check import Broken

KEY = SIGNER.public
CHECKER = Path(check.__file__)


def test_every_inclusion_and_consistency_proof_up_to_64_holds_and_no_other_root_does() -> None:
    log = log_of(64)
    for second in range(1, 65):
        for index in range(second):
            path = tree.inclusion(index, second, log.node)
            check.included(log.node(0, index), index, second, path, log.root(second))
            with pytest.raises(Broken):
                check.included(log.node(0, index), index, second, path, log.root(second + 1 if second < 64 else 1))
        for first in range(second + 1):
            path = tree.consistency(first, second, log.node)
            check.extends(first, log.root(first), second, log.root(second), path)
            if 0 < first < second:
                with pytest.raises(Broken):
                    check.extends(first, log.root(first - 1), second, log.root(second), path)
                with pytest.raises(Broken):
                    check.extends(first, log.root(first), second, log.root(second - 1), path)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_proof_with_any_step_changed_dropped_added_or_swapped_does_not_hold(data: st.DataObject) -> None:
    log = log_of(data.draw(st.integers(2, 40)))
    size = len(log.answers)
    index = data.draw(st.integers(0, size - 1))
    proof = log.inclusion(index, size)
    path = list(proof["path"])
    way = data.draw(st.sampled_from(["change", "drop", "add", "swap", "index"]))
    place = data.draw(st.integers(0, len(path) - 1))
    if way == "change":
        step = bytearray(base64.b64decode(path[place]))
        step[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
        path[place] = base64.b64encode(step).decode()
    elif way == "drop":
        del path[place]
    elif way == "add":
        path.insert(place, base64.b64encode(b"x" * 32).decode())
    elif way == "swap":
        other = data.draw(st.integers(0, len(path) - 1))
        path[place], path[other] = path[other], path[place]
    else:
        proof["index"] = (index + 1) % size
    if path == proof["path"] and way != "index":
        return
    with pytest.raises(Broken):
        check.check(log.answers[index], proof | {"path": path}, KEY)


def _lies(answer: dict[str, Any], proof: dict[str, Any], kept: str | None, more: Any, says: str) -> None:
    with pytest.raises(Broken, match=says):
        check.check(answer, proof, KEY, kept, more)


def test_a_lying_server_shows_to_whoever_kept_a_checkpoint() -> None:
    log, other = log_of(20), log_of(20, word="other")
    answer, kept = log.answers[5], log.checkpoint(9)
    good, more = log.inclusion(5, 20), log.consistency(9, 20)
    assert len(check.check(answer, good, KEY, kept, more)) == 2
    forked = other.inclusion(5, 20)
    _lies(answer, forked, kept, more, "not in the log")
    _lies(other.answers[5], forked, kept, other.consistency(9, 20), "rewritten or forked")
    _lies(other.answers[5], other.inclusion(5, 9), kept, None, "was forked")
    _lies(log.answers[5], log.inclusion(5, 7), kept, None, "went back")
    _lies(answer, good, kept, None, "is needed")
    _lies(answer, good, kept, more | {"path": []}, "empty|shorter|rewritten")
    _lies(answer, good, kept, log.consistency(8, 20), "other sizes")
    _lies(log.answers[6], good, kept, more, "another entry")
    _lies(answer, good | {"size": 19}, kept, more, "another entry or another size")
    stranger = Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(b"s" * 32))
    _lies(answer, good | {"checkpoint": stranger.sign(20, log.root(20))}, kept, more, "no signature|not the log's")
    renamed = Signer("lushi.test/other", SIGNER.key)
    _lies(answer, good | {"checkpoint": renamed.sign(20, log.root(20))}, kept, more, "no signature")
    signed = log.checkpoint(20)
    _lies(answer, good | {"checkpoint": signed.replace("\n20\n", "\n21\n")}, kept, more, "not the log's")


@pytest.mark.parametrize("where", ["grade", "log_entry", "salt", "advisory", "more", "commitment"])
def test_an_answer_or_receipt_that_was_altered_does_not_hold(where: str) -> None:
    log = log_of(3)
    answer = deepcopy(log.answers[1])
    if where == "grade":
        answer["binding"]["grade"] = "AAA"
    elif where == "advisory":
        answer["advisory"] = {"pd": "0.1"}
    elif where == "more":
        answer["extra"] = 1
    elif where == "commitment":  # not even in ASCII
        answer["receipt"]["log_entry"] = json.dumps({"commitment": "é" * 64}, ensure_ascii=False)
    else:
        answer["receipt"][where] = log.answers[2]["receipt"][where]
    with pytest.raises(Broken, match="does not commit"):
        check.check(answer, log.inclusion(1, 3), KEY)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=8), it, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["answer", "proof", "kept", "extends", "key"]),
)
@settings(max_examples=300, deadline=None)
def test_whatever_it_is_given_it_says_no_and_does_not_crash(junk: Any, where: str) -> None:
    log = log_of(5)
    given_all: dict[str, Any] = {
        "answer": log.answers[1],
        "proof": log.inclusion(1, 5),
        "key": KEY,
        "kept": log.checkpoint(3),
        "extends": log.consistency(3, 5),
    }
    given_all[where] = str(junk) if where in ("key", "kept") else junk
    if where == "extends" and junk is None:
        return
    with pytest.raises(Broken):
        check.check(*(given_all[name] for name in ("answer", "proof", "key", "kept", "extends")))


def test_the_command_line_reads_files_and_ends_with_its_code(tmp_path: Path) -> None:
    log = log_of(6)
    files = {
        "answer.json": json.dumps(log.answers[2], ensure_ascii=False),
        "proof.json": json.dumps(log.inclusion(2, 6)),
        "kept.txt": log.checkpoint(4),
        "extends.json": json.dumps(log.consistency(4, 6)),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    words = [sys.executable, "-I", str(CHECKER), "answer.json", "--key", KEY, "--proof", "proof.json"]
    kept = ["--kept", "kept.txt", "--extends", "extends.json"]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*words, *more], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run().returncode == 0
    assert "extends the one of 4" in run(*kept).stdout
    (tmp_path / "answer.json").write_text(files["answer.json"].replace("AA", "AAA"), encoding="utf-8")
    assert (run().returncode, "DOES NOT HOLD" in run().stderr) == (1, True)
    (tmp_path / "proof.json").write_text("{", encoding="utf-8")
    assert "not JSON" in run().stderr
    assert run("--nonsense").returncode == 2


def test_it_stands_alone_and_is_short() -> None:
    text = CHECKER.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250
    imported = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
