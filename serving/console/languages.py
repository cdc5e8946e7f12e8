"""The console's two languages: which one a reader gets, and the catalogue of what pages say.

Pages are written in English; a catalogue per group of pages (GNU gettext's .po, read by Babel) says it in Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

from babel.core import UnknownLocaleError, negotiate_locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LANGUAGES = {"zh": "中文", "en": "English"}
"""By what each calls itself; the first is given to whoever asks for none of them."""
FIRST = "zh"
COOKIE = "lushi_language"


def language_of(chosen: str | None, accepted: str) -> str:
    """The language of a reader. chosen: by hand, kept in a cookie. accepted: the browser's Accept-Language."""
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = [it.split(";")[0].strip() for it in accepted[:200].split(",")]
    try:
        found = negotiate_locale([it.split("-")[0] for it in wanted if it], list(LANGUAGES))
    except (UnknownLocaleError, ValueError):
        found = None
    return found or FIRST


@lru_cache(maxsize=1)
def catalogues() -> Mapping[str, Catalog]:
    """Every Chinese catalogue, by the name of its file."""
    folder = files("serving.console") / "locale" / "zh"
    found = {}
    for file in sorted((it for it in folder.iterdir() if it.name.endswith(".po")), key=lambda it: it.name):
        with file.open("rb") as read:
            found[file.name.removesuffix(".po")] = read_po(read, locale="zh")
    return found


@lru_cache(maxsize=1)
def _chinese() -> Mapping[str, str]:
    return {str(it.id): str(it.string) for catalogue in catalogues().values() for it in _said(catalogue)}


def _said(catalogue: Catalog) -> Iterator[Message]:
    return (it for it in catalogue if it.id and it.string and not it.fuzzy)


def translate(language: str, message: str) -> str:
    """A message of a page in a language; itself where its catalogue does not hold it, which a test forbids."""
    return _chinese().get(message, message) if language == "zh" else message
