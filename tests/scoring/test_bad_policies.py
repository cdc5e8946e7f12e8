"""Broken policies, each one file named by its fault: the loader refuses each with exactly that fault.

A file of ``bad_policies/`` says what to change in the Lushi policy of 2017 and what must then be
reported. ``edits`` are texts that stand once in a file and their broken replacements; ``delete_file``
and ``add_file`` change the folder; ``through: index`` loads the county's index instead of the one
folder, after ``approve: true`` with the hashes of the changed folders written into it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.errors import Fault, PolicyFaults
from scoring.policy.certify import certify
from scoring.policy.load import ROOT, load, load_index, read_texts, sha256_of

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad_policies").glob("*.yaml"))
DEAD = sorted((HERE / "dead_policies").glob("*.yaml"))
FIRST = "2017-04-01"


def prepared(case: dict[str, Any], county: Path) -> None:
    """Copy the county's policies and break the copy as the case says."""
    shutil.copytree(ROOT / "lushi", county)
    for edit in case.get("edits", [case] if "replace" in case else []):
        path = county / edit["file"] if case.get("through") == "index" else county / FIRST / edit["file"]
        text = path.read_text(encoding="utf-8")
        assert text.count(edit["replace"]) == 1, f"'{edit['replace']}' stands {text.count(edit['replace'])} times"
        path.write_text(text.replace(edit["replace"], edit["with"]), encoding="utf-8")
    if "delete_file" in case:
        (county / FIRST / case["delete_file"]).unlink()
    if "add_file" in case:
        added = case["add_file"]
        content = bytes.fromhex(added["hex"]) if "hex" in added else added["text"].encode()
        (county / FIRST / added["name"]).write_bytes(content)
    if case.get("approve"):
        index = (county / "index.yaml").read_text(encoding="utf-8")
        for folder in (path for path in county.iterdir() if path.is_dir()):
            old, new = sha256_of(read_texts(ROOT / "lushi" / folder.name)), sha256_of(read_texts(folder))
            index = index.replace(old, new)
        (county / "index.yaml").write_text(index, encoding="utf-8")


def faults_of(case: dict[str, Any], county: Path) -> tuple[Fault, ...]:
    """What the loader refuses the broken copy for."""
    prepared(case, county)
    with pytest.raises(PolicyFaults) as refused:
        load_index(county) if case.get("through") == "index" else load(county / FIRST)
    return refused.value.faults


def words(phrases: str | list[str]) -> list[str]:
    return [phrases] if isinstance(phrases, str) else phrases


@pytest.mark.parametrize("path", BAD, ids=[path.stem for path in BAD])
def test_a_broken_policy_is_refused_with_exactly_its_fault(path: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    faults = faults_of(case, tmp_path / "county")
    told = "\n".join(map(str, faults))
    expected = [(one["file"], one["line"]) for one in case["expect"]]
    assert sorted((fault.file, fault.line) for fault in faults) == sorted(expected), told
    left = list(faults)
    for one in case["expect"]:
        found = [
            fault
            for fault in left
            if (fault.file, fault.line) == (one["file"], one["line"])
            and all(phrase in fault.what for phrase in words(one["what"]))
            and all(phrase in fault.mend for phrase in words(one["mend"]))
        ]
        assert found, f"not told: {one}\n{told}"
        left.remove(found[0])


@pytest.mark.parametrize("path", DEAD, ids=[path.stem for path in DEAD])
def test_a_policy_with_a_dead_part_loads_and_its_certificate_says_so(path: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    prepared(case, tmp_path / "county")
    findings = certify(load(tmp_path / "county" / FIRST)).findings
    assert sorted(findings) == sorted(case["findings"])


def test_every_message_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    case = yaml.safe_load((HERE / "bad_policies" / "many_faults_at_once.yaml").read_text(encoding="utf-8"))
    faults = faults_of(case, tmp_path / "county")
    for fault in faults:
        assert re.fullmatch(r"[a-z]+\.yaml:\d+: .+\. [A-Z].+\.", str(fault))
    assert list(faults) == sorted(faults)


def test_a_county_without_a_folder_or_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFaults, match="no such policy folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(PolicyFaults, match="no index of approved policies"):
        load_index(tmp_path)


def test_each_kind_of_fault_has_its_file() -> None:
    assert len(BAD) >= 30
    assert len(DEAD) >= 5
