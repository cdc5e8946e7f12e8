"""Loading: the hash covers every file, and text says what it says."""

from __future__ import annotations

import shutil
from pathlib import Path

from scoring.policy.load import ROOT, load, policy_of, read_texts, sha256_of
from scoring.policy.tree import parse

FOLDER = ROOT / "lushi" / "2017-04-01"


def test_the_hash_changes_with_any_character_of_any_file() -> None:
    texts = read_texts(FOLDER)
    changed = {sha256_of({**texts, name: text + "\n"}) for name, text in texts.items()}
    assert len(changed | {sha256_of(texts)}) == len(texts) + 1


def test_the_hash_does_not_depend_on_the_order_of_files_or_on_line_endings(tmp_path: Path) -> None:
    texts = read_texts(FOLDER)
    assert sha256_of(dict(reversed(texts.items()))) == sha256_of(texts)
    copy = tmp_path / "copy"
    shutil.copytree(FOLDER, copy)
    for path in copy.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(copy).sha256 == sha256_of(texts)


def test_a_change_of_comment_keeps_every_rule_and_changes_the_hash() -> None:
    texts = read_texts(FOLDER)
    before, after = policy_of(texts), policy_of({**texts, "grades.yaml": "# new\n" + texts["grades.yaml"]})
    assert before.grades == after.grades
    assert before.sha256 != after.sha256


def test_scalars_stay_the_words_written_and_know_their_line() -> None:
    node, faults = parse("x.yaml", "a: no\nb:\n  - 1e3\n  - 007\n")
    assert faults == []
    assert isinstance(node.value, dict)
    assert node.value["a"].value == "no"
    items = node.value["b"].value
    assert isinstance(items, list)
    assert [(item.value, item.line) for item in items] == [("1e3", 3), ("007", 4)]
