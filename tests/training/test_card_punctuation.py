"""Chinese words are set with full-width marks; numbers and Latin words keep theirs."""

from __future__ import annotations

import pytest

from training.model_card.blocks import written
from training.model_card.punctuation import chinese


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("共 4,854 行,4,434 组", "共 4,854 行，4,434 组"),
        ("坏样本 268 个(5.5%);特征 112 个", "坏样本 268 个（5.5%）；特征 112 个"),
        ("坏的定义:放款后", "坏的定义：放款后"),
        ("基尼系数 (2·AUC − 1)", "基尼系数 (2·AUC − 1)"),
        ("偏移 +0.30(对数几率),允许 ±0.25", "偏移 +0.30（对数几率），允许 ±0.25"),
        ("近24个月按期还款率", "近 24 个月按期还款率"),
        ("[[data.rows|count]] 行,见 [[a.b|share]]", "[[data.rows|count]] 行，见 [[a.b|share]]"),
        ("PAY_0, PAY_2: (a)", "PAY_0, PAY_2: (a)"),
    ],
)
def test_marks_beside_chinese_are_wide_and_others_stay(source: str, page: str) -> None:
    assert chinese(source) == page


@pytest.mark.parametrize(
    ("value", "format", "shown"),
    [
        (-0.00004, "three", "0.000"),
        (-0.0004, "three", "0.000"),
        (-0.0006, "three", "−0.001"),
        (-0.00003, "four", "0.0000"),
        (0.0, "share", "0.0%"),
        (12345.0, "count", "12,345"),
        (0.25, "two", "0.25"),
        (4.7e-15, "small", "4.7 × 10⁻¹⁵"),
    ],
)
def test_figures_are_written_as_people_read_them(value: float, format: str, shown: str) -> None:
    assert written(value, format) == shown  # type: ignore[arg-type]
