"""Resident ID numbers of people who do not exist: valid in form, in a region that does not exist."""

from __future__ import annotations

import numpy as np

from feature_store.synthetic.arrays import Ints, Longs, Random, Words
from feature_store.synthetic.places import COUNTY

_WEIGHTS = np.array([2 ** (17 - position) % 11 for position in range(17)])
"""ISO 7064 MOD 11-2, as GB 11643 prescribes."""
_CHECK = np.array(list("10X98765432"))
UNKNOWN = 0.002
"""Share of households whose ID number the county does not hold (0–1)."""
_MOST_A_DAY = 999


def id_numbers(random: Random, born: Ints) -> Words:
    """18-digit numbers for people born on these day ordinals, shape (n,); None where not held.

    Raises:
        ValueError: where more than 999 people share a birthday, which the number cannot hold.
    """
    days = (born.astype(np.int64) - 719163).astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    in_month = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    serial = _serial_within(born)
    if serial.max() > _MOST_A_DAY:
        raise ValueError("more than 999 households share a birthday; ask for fewer households")
    number = int(COUNTY) * 10**11 + years * 10**7 + months * 10**5 + in_month * 10**3 + serial
    digits = number[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    check = _CHECK[digits @ _WEIGHTS % 11]
    written = np.char.add(number.astype("U17"), check).astype(object)
    written[random.random(born.size) < UNKNOWN] = None
    return written


def _serial_within(values: Ints) -> Longs:
    """1 for the first of each equal value, 2 for the second, and so on; shape (n,)."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.searchsorted(ordered, ordered, side="left")
    serial = np.empty(values.size, dtype=np.int64)
    serial[order] = np.arange(values.size) - first + 1
    return serial
