"""Resident ID numbers: checked and masked. How they are kept: ``id_cipher.py``.

The number has 18 characters: six of region, eight of birth date, three of sequence, and a check
character by ISO 7064 MOD 11-2 (GB 11643-1999).
"""

from __future__ import annotations

import re
from datetime import date

PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
"""First two digits in use (GB/T 2260)."""
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_PLAIN = str.maketrans("０１２３４５６７８９ｘＸx", "0123456789" + 3 * "X")
"""Full-width digits to plain ones, and every way of writing the check letter to one."""
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECK = "10X98765432"


def normal(written: str) -> str:
    """The number as it is compared: no blanks around it, plain digits, a capital X.

    >>> normal(" ４１１２９９19800101001x ")
    '41129919800101001X'
    """
    return written.strip().translate(_PLAIN)


def wrong_with(written: str, *, today: date) -> str | None:
    """What is wrong with an ID number, without repeating it; None where nothing is.

    >>> wrong_with("411299198001010015", today=date(2017, 4, 10))
    'its check character does not fit the other seventeen'
    """
    number = normal(written)
    if not _SHAPE.fullmatch(number):
        return "it does not have 17 digits and a digit or X"
    if number[:2] not in PROVINCES:
        return "it begins with no known province"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "its birth date does not exist"
    if born > today:
        return "its birth date lies in the future"
    if number[17] != check_character(number[:17]):
        return "its check character does not fit the other seventeen"
    return None


def check_character(digits: str) -> str:
    """The eighteenth character for seventeen digits (ISO 7064 MOD 11-2).

    >>> check_character("11010519491231002")
    'X'
    """
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def mask(written: str) -> str:
    """The number for people's eyes: its region only.

    >>> mask("411299198001010013")
    '411299************'
    """
    number = normal(written)
    return number[:6] + "*" * 12 if _SHAPE.fullmatch(number) else "*" * 18
