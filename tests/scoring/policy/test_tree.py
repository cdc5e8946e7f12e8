"""YAML that was made to exhaust a reader is a fault like any other."""

from __future__ import annotations

import pytest

from scoring.policy.tree import parse


@pytest.mark.parametrize(
    "text",
    ["a: " + "[" * 100_000 + "]" * 100_000, "a: &a [*a]", "{a: " * 3000 + "1" + "}" * 3000],
    ids=["deep lists", "a list that holds itself", "deep mappings"],
)
def test_nesting_without_end_is_a_fault(text: str) -> None:
    _, faults = parse("terms.yaml", text)
    assert [(fault.file, fault.line) for fault in faults] == [("terms.yaml", 1)]
    assert "nested" in faults[0].what or "not YAML" in faults[0].what


def test_aliases_of_aliases_do_not_multiply() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    root, faults = parse("terms.yaml", "\n".join(lines))
    assert faults == []
    assert isinstance(root.value, dict)
    assert len(root.value) == 30
