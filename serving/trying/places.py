"""Where those who move live, and which villages and townships gain or lose the name of a credit village or township."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.areas import TOWNSHIP_DIGITS
from scoring.policy.schema import Policy
from serving.county.grade_county import AreaShare, area_shares
from serving.trying.movement import KINDS, UNCHANGED, Movement
from serving.trying.outcomes import Book, Judged
from serving.trying.seen import Seen

Names = dict[str, tuple[str, str]]
"""Area code to its name in Chinese and English."""


def townships_of(villages: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The townships of some households, ascending, and each household's place among them."""
    names, where = np.unique(np.strings.slice(villages, 0, TOWNSHIP_DIGITS), return_inverse=True)
    return names, where.astype(np.int64)


def by_township(seen: Seen, found: Movement, change_fen: NDArray[np.int64], names: Names) -> list[dict[str, Any]]:
    """Of each township: households by kind of move, and the change of their limits in yuan."""
    codes, where = townships_of(seen.villages)
    rows = []
    for place, code in enumerate(str(it) for it in codes):
        mine = where == place
        counts = np.bincount(found.kind[mine], minlength=len(KINDS))
        rows.append(
            {
                "code": code,
                **name_of(code, names),
                "households": int(mine.sum()),
                "kinds": {name: int(n) for name, n in zip(KINDS, counts, strict=True)},
                "yuan_change": yuan(int(change_fen[mine].sum())),
            }
        )
    return rows


def where_they_live(seen: Seen, found: Movement, names: Names) -> list[dict[str, Any]]:
    """The townships of those who move, most movers first."""
    codes, where = townships_of(seen.villages[found.kind != UNCHANGED])
    counts = np.bincount(where, minlength=len(codes))
    rows = [
        {"code": str(c), **name_of(str(c), names), "households": int(n)} for c, n in zip(codes, counts, strict=True)
    ]
    return sorted(rows, key=lambda row: (-row["households"], row["code"]))


def credit_areas(seen: Seen, policy: Policy, judged: Judged, book: Book, names: Names) -> tuple[set[str], set[str]]:
    """The credit villages and the credit townships under a policy."""
    graded = np.array([bool(it.grade) for it in book.outcomes])[judged.outcome]
    villages, townships = area_shares(policy, seen.villages, graded, names)
    return _honoured(villages), _honoured(townships)


def areas_data(before: tuple[set[str], set[str]], after: tuple[set[str], set[str]], names: Names) -> dict[str, Any]:
    """What villages and townships gain and lose."""
    made: dict[str, Any] = {}
    for kind, was, now in zip(("villages", "townships"), before, after, strict=True):
        made[f"{kind}_before"], made[f"{kind}_after"] = len(was), len(now)
        made[f"{kind}_gained"] = [{"code": it, **name_of(it, names)} for it in sorted(now - was)]
        made[f"{kind}_lost"] = [{"code": it, **name_of(it, names)} for it in sorted(was - now)]
    return made


def name_of(code: str, names: Names) -> dict[str, str]:
    """An area's name in both languages; its code where it has none."""
    zh, en = names.get(code, (code, code))
    return {"zh": zh, "en": en}


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, as text."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def _honoured(areas: tuple[AreaShare, ...]) -> set[str]:
    return {it.code for it in areas if it.credit_area}
