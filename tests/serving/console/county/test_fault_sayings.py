"""Whatever the importer finds wrong in a sent file is said in Chinese too."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

import feature_store
from feature_store.identity import wrong_with
from scoring.policy.codes import expected
from scoring.policy.load import ROOT, load
from serving.console.county.fault_sayings import SAYINGS, say_fault, saying_of
from tests.feature_store.fault_cases import ID

OF_SIDECARS = (
    "sidecar", "Keep only", "Write it beside", "Add, for example", "plain words", "Add coverage", "Save it as UTF-8 text",
    "Write the keys", "Write them in quotes",
)  # fmt: skip
OURS = ("command line", "cannot be read (", "Check the path", "regular file", "Hand in", "areas are not a list")
"""Faults that a form's file cannot have: what is stated comes from the form, and the file is our own copy."""
FILLED = (
    "the header of the 7 has a column without a name or twice", "the parent is not a 7 whose code begins this one",
    "Write the code of its 7, and import that too", "7 is unknown for this source", "7 is of a kind that cannot be used", "Write 7", "the ID number is not valid: 7",
)  # fmt: skip
"""Sentences that are mostly filled in; asked below with what fills them."""
FILES = (
    "importing",
    "filings_file",
    "households",
    "areas",
    "loans",
    "schedules",
    "columns",
    "sidecar",
    "table_file",
    "faults",
)


def _sentences() -> set[str]:
    """What the modules hand to ``findings``, with a word in the place of what they fill in."""
    found: set[str] = set()
    for name in FILES:
        tree = ast.parse((Path(feature_store.__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ("whole", "rows", "_Unreadable"):
                    found |= {said for it in node.args if (said := _said(it)) and " " in said}
    return found


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(it.value) if isinstance(it, ast.Constant) else "7" for it in node.values)
    return ""


def test_every_sentence_of_the_importer_has_its_saying() -> None:
    sentences = {it for it in _sentences() if not any(word in it for word in (*OF_SIDECARS, *OURS))}
    assert len(sentences) > 70
    assert sorted(it for it in sentences - set(FILLED) if saying_of(it) is None) == []


@pytest.mark.parametrize(
    "number", ["12", "991012198001010013", "411299198013010013", "411299299001010013", ID[:-1] + "0"]
)
def test_what_is_wrong_with_an_id_number_is_said(number: str) -> None:
    why = wrong_with(number, today=date(2017, 4, 20))
    assert why is not None
    found = saying_of(f"the ID number is not valid: {why}")
    assert found == (f"the ID number is not valid: {why}", {})


def test_what_an_indicator_may_hold_is_said_for_every_indicator() -> None:
    for indicator in load(ROOT / "lushi" / "2021-03-01").indicators:
        sentence = f"Write {expected(indicator)}, or leave it empty"
        assert saying_of(sentence) is not None, sentence
        assert "leave it empty" not in say_fault("zh", sentence)
        assert say_fault("en", sentence) == sentence


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Write 6 for a county, 9 for a township, 12 for a village", "代码位数应为:县6位、乡镇9位、村12位"),
        ("the parent is not a township whose code begins this one", "上级不是代码相符的乡镇"),
        ("Write the code of its county, and import that too", "请填写所属县的代码,并一并导入"),
        ("the header of the first sheet has a column without a name or twice", "第一张工作表的表头有空列名或重复列名"),
        ("a column is of a kind that cannot be used", "有一列的类型无法使用"),
        ("column 'age' is of a kind that cannot be used", "“age”列的类型无法使用"),
        ("the cell is empty", "此格为空"),
        ("Write a day up to 2017-04-20", "请填写不晚于2017-04-20的日期"),
        ("the file has more than 3000000 rows", "文件超过3000000行"),
        ("column 7 is unknown for this source", "第7列不属于该报送单位的文件"),
        ("a sentence that nobody says", "a sentence that nobody says"),
    ],
)
def test_in_chinese(sentence: str, said: str) -> None:
    assert say_fault("zh", sentence) == said


def test_each_saying_is_its_own() -> None:
    assert len(SAYINGS) == len(set(SAYINGS))
