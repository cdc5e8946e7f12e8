"""Templates are put into a language when they are compiled: each into its own, and as calls at run time would say it."""

from __future__ import annotations

import pytest

from serving.console.frame import environment
from serving.console.languages import LANGUAGES, translate
from serving.console.shown import filters
from tests.serving.console.wording import messages


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_in_is_what_a_call_says(language: str) -> None:
    of = environment(language)
    at_run_time = of.from_string("{{ gettext(message) }}")
    plain = sorted(it for it in messages() if "%(" not in it and "'" not in it)
    assert len(plain) > 500
    for message in plain:
        compiled = of.from_string(f"{{{{ _('{message}') }}}}").render()
        assert compiled == at_run_time.render(message=message) == translate(language, message).replace("%%", "%")


def test_no_call_is_left_for_words_that_are_always_the_same() -> None:
    source = environment("zh").compile("<p>{{ _('Vetoes') }}</p>{{ gettext(other) }}", raw=True)
    assert f"<p>{translate('zh', 'Vetoes')}</p>" in source
    assert "resolve('_')" not in source
    assert "resolve('gettext')" in source


def test_each_language_keeps_its_words_whichever_is_asked_first() -> None:
    text = "{{ _('Vetoes') }} {{ _('Score %(score)s', score=score) }}"
    said = {it: environment(it).from_string(text) for it in ("en", "zh", "en")}
    for _ in range(2):
        assert said["en"].render(score="<1>") == "Vetoes Score &lt;1&gt;"
        assert "Vetoes" not in said["zh"].render(score="<1>")
        assert "&lt;1&gt;" in said["zh"].render(score="<1>")


def test_words_of_a_page_that_nobody_chose_beforehand_are_still_said_when_it_is_shown() -> None:
    text = environment("zh").from_string("{{ gettext(words[0]) }}{{ gettext(words[1]) }}")
    assert text.render(words=["Vetoes", "<b>"]) == translate("zh", "Vetoes") + "<b>", "messages are ours, never typed"


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(3, 0, "+3"), (-12, 0, "-12"), (0, 0, "0"), (0.25, 2, "+0.25"), (-0.004, 2, "0.00"), (-1.5, 6, "-1.500000"), (None, 2, "–")],
)  # fmt: skip
def test_signed_numbers(value: float | None, digits: int, said: str) -> None:
    for language in LANGUAGES:
        assert filters(language)["signed"](value, digits) == said
