"""Both languages are complete: nothing that a page says is missing, nothing that no page says is kept."""

from __future__ import annotations

import pytest

from serving.api.answers import ANSWERS
from serving.console.fault_words import WORDS
from serving.console.languages import catalogues, language_of
from tests.serving.console.wording import messages, missing


def test_every_message_is_said_in_chinese() -> None:
    assert sorted(missing()) == []


def test_no_catalogue_says_what_no_page_says() -> None:
    held = [str(it.id) for one in catalogues().values() for it in one if it.id]
    assert sorted(set(held) - messages()) == []
    assert len(held) == len(set(held)), "a message stands in two catalogues"


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "", "zh"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr,de;q=0.5", "zh"),
        (None, "zh-TW,en;q=0.5", "zh"),
        ("en", "zh-CN", "en"),
        ("fr", "en", "en"),
        (None, ";;;,\x00,*", "zh"),
    ],
)
def test_language_of_a_reader(chosen: str | None, accepted: str, language: str) -> None:
    assert language_of(chosen, accepted) == language


def test_every_problem_of_the_api_has_its_words() -> None:
    import inspect
    import re

    import serving.api.answers
    import serving.api.limits
    import serving.api.request_form

    source = "".join(
        inspect.getsource(it) for it in (serving.api.answers, serving.api.limits, serving.api.request_form)
    )
    kinds = set(re.findall(r'(?:_said|problem|wait)\(\s*\d*,?\s*"([a-z-]+)"', source)) | set(
        re.findall(r'_unknown\("[a-z]+", "([a-z-]+)"', source)
    )
    assert len(kinds) > 30
    assert len(ANSWERS) > 30
    assert sorted(kinds - set(WORDS) - {"internal"}) == []
