"""How each indicator is drawn: the two profile tables, read and made ready to turn z into codes.

z is standard normal; a profile turns it into the indicator's code by its quantile function, so
the table states shares that can be checked against the files. Keys: see profiles_people.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Literal

import numpy as np
import yaml

from feature_store.synthetic.arrays import Doubles, Floats, Ints, Plain
from scoring.credit_file import OPEN
from scoring.errors import LushiError
from scoring.policy import codes
from scoring.policy.elements import Indicator

TABLES = ("profiles_people.yaml", "profiles_work.yaml")
FARTHEST = 4.0
"""|z| that stands for a share of 0 or 1."""
MOST_RARE = 6
"""A rare count never exceeds this."""


class ProfileMissing(LushiError):
    """The policy has indicators that no profile describes, or describes otherwise."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One indicator's way of being drawn.

    z, codes: steps: code ``codes[k]`` from ``z[k-1]`` on; linear: knots. episode: (share open, mean years).
    loads: trait to weight. missing: share of empty cells (0–1), or None for the source's.
    """

    indicator: Indicator
    way: Literal["steps", "linear", "episode", "status"]
    z: Doubles
    codes: Doubles
    episode: tuple[float, float]
    loads: Mapping[str, float]
    missing: float | None
    each_year: int

    def code_of(self, z: Floats) -> Ints:
        """Codes for standard normal values, shape (n,); for an episode OPEN stands for 'has one'."""
        if self.way == "linear":
            return np.interp(z, self.z, self.codes).astype(np.int32)
        return self.codes.astype(np.int32)[np.searchsorted(self.z, z, side="right")]


@cache
def table() -> Mapping[str, Plain]:
    """The rows of both profile tables, by indicator."""
    rows: dict[str, Plain] = {}
    for name in TABLES:
        rows |= yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return rows


def profiles_for(indicators: Sequence[Indicator]) -> tuple[Profile, ...]:
    """A profile for each indicator, in their order.

    Raises:
        ProfileMissing: naming every indicator without a fitting profile.
    """
    rows, made, faults = table(), [], []
    for indicator in indicators:
        try:
            made.append(_profile(indicator, rows[indicator.id]))
        except (KeyError, ValueError):
            faults.append(indicator.id)
    if faults:
        raise ProfileMissing(
            f"the synthetic county cannot draw {', '.join(faults)}: no profile fits. "
            f"Add or mend their rows in {' or '.join(TABLES)}"
        )
    return tuple(made)


def _profile(indicator: Indicator, row: Plain) -> Profile:
    way: Literal["steps", "linear", "episode", "status"] = "steps"
    episode = (0.0, 0.0)
    if "share" in row:
        z, values = [_z(1 - row["share"])], ["no", "yes"]
    elif "shares" in row:
        below = np.cumsum(list(row["shares"].values()))
        if abs(below[-1] - 1) > 1e-6:
            raise ValueError(indicator.id)
        z, values = [_z(share) for share in below[:-1]], [str(word) for word in row["shares"]]
    elif "rare" in row:
        share, more = row["rare"]
        z, values = [_z(1 - share * more**k) for k in range(MOST_RARE)], [str(k) for k in range(MOST_RARE + 1)]
    elif "knots" in row:
        way, z, values = "linear", [_z(below) for below, _ in row["knots"]], [str(value) for _, value in row["knots"]]
    elif "episode" in row:
        share, still, years = row["episode"]
        way, episode, z, values = "episode", (still, years), [_z(1 - share)], ["none", "open"]
    else:
        way, z, values = "status", [], list(row["status"])
    return Profile(
        indicator=indicator,
        way=way,
        z=np.array(z),
        codes=np.array([_code(indicator, value) for value in values], dtype=np.float64),
        episode=episode,
        loads=row["loads"],
        missing=row.get("missing"),
        each_year=row.get("each_year", 0),
    )


def _z(share: float) -> float:
    share = float(share)
    return -FARTHEST if share <= 0 else FARTHEST if share >= 1 else NormalDist().inv_cdf(share)


def _code(indicator: Indicator, written: str) -> int:
    if indicator.kind == "count" and "." in written:  # a knot between two whole numbers
        return round(float(written))
    code = codes.read(indicator, written)
    if code is None or (indicator.kind == "episode" and code not in (0, OPEN)):
        raise ValueError(indicator.id)
    return code
