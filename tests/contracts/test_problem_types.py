"""The documentation lists every problem that a caller may meet, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_WORD = re.compile(r"[a-z]+(-[a-z]+)*")


def _said(call: ast.Call) -> list[str]:
    """The problem types that a call names: the second argument of those that make a problem, hyphened words of others."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    words = [it.value if isinstance(it, ast.Constant) and isinstance(it.value, str) else "" for it in call.args]
    if name in ("problem", "_said"):
        words = words[1:2]
    elif name == "wait":
        words = words[:1]
    elif name.startswith("_"):
        words = [word for word in words if "-" in word]
    else:
        return []
    return [word for word in words if _WORD.fullmatch(word)]


def types_in_code() -> set[str]:
    """Every problem type that the routes and their middleware make."""
    found: set[str] = set()
    for path in (ROOT / "serving" / "api").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {word for node in ast.walk(tree) if isinstance(node, ast.Call) for word in _said(node)}
    return found


def test_every_problem_type_is_documented_and_no_other() -> None:
    written = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([a-z-]+)` \| [45]\d\d \|", written, re.MULTILINE)
    assert len(documented) == len(set(documented))
    # The one word that is chosen by status, not named in a call.
    assert set(documented) - {"not-found"} == types_in_code()
