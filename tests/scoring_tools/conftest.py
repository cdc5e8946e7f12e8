"""Both Lushi policies as texts, and the effect of every number of each, computed once per session."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from scoring.policy.load import ROOT, read_texts
from scoring.probe import Effect
from tests.scoring_tools.remembered import sensitivity_of

HERE = Path(__file__).parent
FOLDERS = ("2017-04-01", "2021-03-01")
Texts = dict[str, str]


@pytest.fixture(scope="session")
def texts_2017() -> Texts:
    return read_texts(ROOT / "lushi" / "2017-04-01")


@pytest.fixture(scope="session")
def texts_2021() -> Texts:
    return read_texts(ROOT / "lushi" / "2021-03-01")


@pytest.fixture(scope="session", autouse=True)
def effects_of(
    request: pytest.FixtureRequest, texts_2017: Texts, texts_2021: Texts
) -> Iterator[Mapping[str, Future[list[Effect]]]]:
    """Folder to the effects of its numbers: computed side by side, a minute each, while other tests run.

    Begun before the first test of this folder, but only where some test will ask for them.
    """
    if not any(item.path == HERE / "test_sensitivity.py" for item in request.session.items):
        yield {}
        return
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield {
            folder: pool.submit(sensitivity_of, texts)
            for folder, texts in zip(FOLDERS, (texts_2017, texts_2021), strict=True)
        }


def replaced(texts: Mapping[str, str], file: str, *swaps: tuple[str, str]) -> Texts:
    """The texts with the first occurrence of each old wording in a file replaced; each must occur."""
    text = texts[file]
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**texts, file: text}


@pytest.fixture(scope="session")
def replace() -> object:
    """The function :func:`replaced`, for tests that change a policy by hand."""
    return replaced
