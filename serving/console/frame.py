"""Templates of the console: one environment per language, everything escaped, a name that is not given an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from serving.console.languages import translate
from serving.console.shown import filters


@lru_cache(maxsize=2)
def environment(language: str) -> Environment:
    """The templates in a language."""
    found = Environment(
        loader=PackageLoader("serving.console"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    say = partial(translate, language)
    found.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        say, lambda one, many, n: say(one if n == 1 else many), newstyle=True
    )
    found.policies["ext.i18n.trimmed"] = True
    found.filters.update(filters(language))
    return found


def render(language: str, name: str, values: Mapping[str, Any]) -> str:
    """A page."""
    return environment(language).get_template(name).render({**values, "language": language})
