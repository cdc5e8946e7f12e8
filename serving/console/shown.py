"""Values as people of either language read them: numbers, yuan, shares, days, times, and texts that hold both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from feature_store.filing import CIVIL_TIME
from scoring.policy.elements import Text

NOTHING = "–"
_LOCALES = {"zh": "zh_CN", "en": "en_GB"}


def filters(language: str) -> dict[str, Callable[..., str]]:
    """The templates' filters for a language, by the name that they use."""
    locale = _LOCALES[language]

    def number(value: Any, digits: int = 0) -> str:
        """A number with so many decimals at most; a dash for none."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return NOTHING if value is None else format_decimal(Decimal(str(value)), pattern, locale=locale)

    def yuan(value: Any) -> str:
        """An amount of yuan, whole where it is."""
        if value is None:
            return NOTHING
        amount = number(value, 2)
        return f"{amount} 元" if language == "zh" else f"{amount} yuan"

    def percent(value: Any, digits: int = 1) -> str:
        """A share as per cent."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return NOTHING if value is None else format_percent(Decimal(str(value)), pattern, locale=locale)

    def day(value: date | str | None) -> str:
        """A calendar day."""
        if value is None:
            return NOTHING
        found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return format_date(found, "y年M月d日" if language == "zh" else "d MMM y", locale=locale)

    def time(value: datetime | str | None) -> str:
        """A moment in the county's time."""
        if value is None:
            return NOTHING
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        pattern = "y年M月d日 HH:mm" if language == "zh" else "d MMM y, HH:mm"
        return format_datetime(found.astimezone(CIVIL_TIME), pattern, locale=locale)

    def said(value: Text | Mapping[str, str] | str | None) -> str:
        """The language's half of a text that holds both."""
        if value is None:
            return NOTHING
        if isinstance(value, str):
            return value
        return str(value[language] if isinstance(value, Mapping) else getattr(value, language))

    return {it.__name__: it for it in (number, yuan, percent, day, time, said)}
