"""Chinese punctuation for readers: the sources keep to ASCII, a page sets the full-width marks."""

from __future__ import annotations

import re

_HAN = r"\u3400-\u9fff\u3000-\u303f\uff01-\uff5e"
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MARK = re.compile(rf"(?<=[{_HAN}”])\s*([,:;!?])\s*|([,:;!?])\s*(?=[{_HAN}“])")
_LETTER = r"\u3400-\u9fff"
_TOUCH = re.compile(rf"(?<=[{_LETTER}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[{_LETTER}])")
_WIDE = str.maketrans(",:;!?", "，：；！？")


def chinese(words: str) -> str:
    """Words with full-width marks beside Chinese characters and a space before and after Latin ones.

    Marks inside numbers and Latin words stay.

    >>> chinese("共 4,854 行,坏(5.5%):见下;AUC (2) 近24个月")
    '共 4,854 行，坏（5.5%）：见下；AUC (2) 近 24 个月'
    """
    paired = _BRACKETS.sub(lambda it: _bracket(words, it), words)
    marked = _MARK.sub(lambda it: (it[1] or it[2]).translate(_WIDE), paired)
    return _TOUCH.sub(" ", marked)


def _bracket(words: str, found: re.Match[str]) -> str:
    before, after = words[: found.start()][-1:], words[found.end() :][:1]
    beside = re.compile(f"[{_HAN}]")
    if beside.search(found[1]) or beside.search(before) or beside.search(after):
        return f"（{found[1]}）"
    return found[0]
