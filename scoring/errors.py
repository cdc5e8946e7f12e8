"""The errors of the binding path: a small tree, every message says what, where and what to do.

Faults in people's data are values (:class:`Fault`, :class:`scoring.validate.Problem`) and are
collected; an exception is raised once, with all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


class LushiError(Exception):
    """Root of every error this system raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a policy file: where it is, what it is, what to do."""

    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.mend}."


class PolicyFaults(LushiError):
    """A policy folder was refused; ``faults`` holds every reason, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


class PolicyNotInForce(LushiError):
    """No approved policy binds on a date. Never answered by a neighbouring policy."""

    def __init__(self, on: date, known: str) -> None:
        self.on = on
        super().__init__(
            f"no approved policy is in force on {on.isoformat()}; approved: {known}. "
            "Approve a policy for that date or ask for a date that one covers"
        )


class CreditFileInvalid(LushiError):
    """A credit file holds values that the policy does not allow; ``problems`` has them all."""

    def __init__(self, problems: Sequence[object]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
