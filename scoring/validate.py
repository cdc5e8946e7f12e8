"""From values as written to a credit file, or every problem found in them.

Problems name the indicator and what is expected; they never repeat the value, which may be personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from scoring.credit_file import MISSING, CreditFile, Reported
from scoring.errors import CreditFileInvalid
from scoring.policy.codes import expected, read
from scoring.policy.schema import Policy


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a submitted value."""

    indicator: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.indicator}: {self.what}. {self.mend}."


def credit_file_of(
    values: Mapping[str, object], policy: Policy, *, on: date, household_id: str = "", village_code: str = ""
) -> CreditFile:
    """The credit file that a mapping of indicator id to written value states, all observed on a day.

    Raises:
        CreditFileInvalid: with a :class:`Problem` for every value that the policy does not allow and
            every name that it does not know.
    """
    problems: list[Problem] = []
    codes: dict[str, int] = {}
    by_id = {indicator.id: indicator for indicator in policy.indicators}
    for name, value in values.items():
        indicator = by_id.get(name)
        if indicator is None:
            problems.append(
                Problem("(unknown)", "a name is no indicator of the policy", "Remove it or correct its name")
            )
            continue
        code = read(indicator, _written(value))
        if code is None:
            problems.append(Problem(name, "has a value that is not allowed", f"Give {expected(indicator)}"))
        elif code != MISSING:
            codes[name] = code
    if problems:
        raise CreditFileInvalid(problems)
    sources = {source.id: Reported(on) for source in policy.sources}
    return CreditFile(household_id, village_code, codes, sources)


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | float) else "?"
