"""Values as people of either language read them: numbers, yuan, shares, days, times, and texts that hold both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import NumberPattern, format_decimal, format_percent, parse_pattern

from feature_store.filing import CIVIL_TIME
from scoring.policy.elements import Text

NOTHING = "–"
_LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}  # by name they would be looked up for every value


def filters(language: str) -> dict[str, Callable[..., str]]:
    """The templates' filters for a language, by the name that they use; each shows a dash for no value."""
    one = Shown(language)
    names = ("number", "fixed", "signed", "yuan", "percent", "day", "time", "said")
    return {name: getattr(one, name) for name in names}


class Shown:
    """Shows values in one language. Every method takes None for what is not there."""

    def __init__(self, language: str) -> None:
        self._language, self._locale = language, _LOCALES[language]

    def number(self, value: Any, digits: int = 0) -> str:
        """A number with so many decimals at most."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return NOTHING if value is None else format_decimal(Decimal(str(value)), _parsed(pattern), locale=self._locale)

    def fixed(self, value: Any, digits: int) -> str:
        """A number with exactly so many decimals, for columns that are compared; never minus zero."""
        if value is None:
            return NOTHING
        found = round(Decimal(str(value)), digits) + 0
        return format_decimal(found, _parsed("#,##0." + "0" * digits), locale=self._locale)

    def signed(self, value: float | None, digits: int = 0) -> str:
        """A number with its sign, of so many decimals; zero has none, not even where it was rounded to it."""
        if value is None:
            return NOTHING
        found = f"{value:+.{digits}f}"
        return found if found.strip("+-0.") else found[1:]

    def yuan(self, value: Any) -> str:
        """An amount of yuan, whole where it is."""
        unit = "元" if self._language == "zh" else "yuan"
        return NOTHING if value is None else f"{self.number(value, 2)} {unit}"

    def percent(self, value: Any, digits: int = 1) -> str:
        """A share as per cent."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return NOTHING if value is None else format_percent(_exact(value), _parsed(pattern), locale=self._locale)

    def day(self, value: date | str | None) -> str:
        """A calendar day."""
        if value is None:
            return NOTHING
        found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return format_date(found, "y年M月d日" if self._language == "zh" else "d MMM y", locale=self._locale)

    def time(self, value: datetime | str | None) -> str:
        """A moment in the county's time."""
        if value is None:
            return NOTHING
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        pattern = "y年M月d日 HH:mm" if self._language == "zh" else "d MMM y, HH:mm"
        return format_datetime(found.astimezone(CIVIL_TIME), pattern, locale=self._locale)

    def said(self, value: Text | Mapping[str, str] | str | None) -> str:
        """The language's half of a text that holds both."""
        if isinstance(value, Text):  # most values: asked first
            return str(getattr(value, self._language))
        if value is None:
            return NOTHING
        if isinstance(value, str):
            return value
        return str(value[self._language] if isinstance(value, Mapping) else getattr(value, self._language))


@lru_cache(maxsize=64)
def _parsed(pattern: str) -> NumberPattern:
    """A pattern of numbers, taken apart once."""
    return parse_pattern(pattern)


def _exact(value: Any) -> Decimal:
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else Decimal(str(value))
