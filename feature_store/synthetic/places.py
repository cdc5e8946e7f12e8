"""The invented county's townships and villages, and how many households live in each village."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feature_store.filing import INVENTED_COUNTY
from feature_store.synthetic.arrays import Longs, Random
from scoring.errors import LushiError

COUNTY = INVENTED_COUNTY
TOWNSHIPS = 19
VILLAGES = 352
MOST_IN_A_VILLAGE = 9999
"""Household ids number a village's households with four digits."""

_FIRST = "青Qing 松Song 云Yun 石Shi 桃Tao 柳Liu 清Qing 金Jin 玉Yu 白Bai 竹Zhu 梅Mei 枫Feng 龙Long 凤Feng 鹤He 泉Quan 秋Qiu 春Chun"
_SECOND = (
    "岭ling 溪xi 坪ping 湾wan 坡po 沟gou 原yuan 台tai 峪yu 泽ze 洼wa 峰feng 坳ao 滩tan 垣yuan 崖ya 渡du 寨zhai 井jing"
)


class TooManyHouseholds(LushiError):
    """More households were asked for than household ids can number."""


@dataclass(frozen=True, slots=True)
class Places:
    """Townships and villages in code order; households stand village by village.

    township_of: township's position for each village, shape (n_villages,).
    village_of: village's position for each household, shape (n_households,).
    serial: number inside the village from 1, shape (n_households,).
    """

    township_codes: tuple[str, ...]
    village_codes: tuple[str, ...]
    township_of: Longs
    village_of: Longs
    serial: Longs

    def areas(self) -> list[tuple[str, str, str | None, str, str]]:
        """Rows of the areas file: code, kind, parent, Chinese name, English name."""
        rows: list[tuple[str, str, str | None, str, str]] = [
            (COUNTY, "county", None, "合成县(虚构)", "Synthetic county")
        ]
        for position, code in enumerate(self.township_codes):
            zh, en = _name(position)
            rows.append((code, "township", COUNTY, f"{zh}乡(合成)", f"{en} township (synthetic)"))
        for position, code in enumerate(self.village_codes):
            zh, en = _name(position + TOWNSHIPS)
            parent = self.township_codes[self.township_of[position]]
            rows.append((code, "village", parent, f"{zh}村(合成)", f"{en} village (synthetic)"))
        return rows


def lay_out(random: Random, households: int) -> Places:
    """Always 19 townships; 352 villages, or proportionally fewer below 1,000 households.

    Raises:
        TooManyHouseholds: where a village would hold more than four digits can number.
    """
    if households < 1:
        raise ValueError("a county needs at least one household: ask for 1 or more")
    n_villages = VILLAGES if households >= 1000 else max(TOWNSHIPS, round(VILLAGES * households / 1000))
    per_township = 1 + _split(random, n_villages - TOWNSHIPS, TOWNSHIPS, spread=0.35)
    township_of = np.repeat(np.arange(TOWNSHIPS), per_township)
    per_village = _split(random, households, n_villages, spread=0.30)
    if per_village.max() > MOST_IN_A_VILLAGE:
        raise TooManyHouseholds(
            f"{households} households do not fit {n_villages} villages of at most {MOST_IN_A_VILLAGE}; ask for fewer households"
        )
    first = np.cumsum(per_township) - per_township
    within = np.arange(n_villages) - first[township_of]
    townships = tuple(f"{COUNTY}{101 + position}" for position in range(TOWNSHIPS))
    villages = tuple(f"{townships[of]}{201 + number}" for of, number in zip(township_of, within, strict=True))
    village_of = np.repeat(np.arange(n_villages), per_village)
    start = np.cumsum(per_village) - per_village
    return Places(townships, villages, township_of, village_of, np.arange(households) - start[village_of] + 1)


def _split(random: Random, total: int, parts: int, *, spread: float) -> Longs:
    """``total`` split into ``parts`` whole numbers of unequal size that add up to it."""
    ends = np.cumsum(np.exp(spread * random.standard_normal(parts)))
    rounded = np.rint(ends / ends[-1] * total).astype(np.int64)
    parts_of: Longs = np.diff(rounded, prepend=0)
    return parts_of


def _name(position: int) -> tuple[str, str]:
    """The position's own invented name in Chinese and pinyin; the lists give 361 and then start again."""
    firsts, seconds = _FIRST.split(), _SECOND.split()
    again, position = divmod(position, len(firsts) * len(seconds))
    first = firsts[position % len(firsts)]
    second = seconds[(position + position // len(firsts)) % len(seconds)]
    return first[0] + second[0] + "二" * again, first[1:] + second[1:] + " II" * again
