"""Whether the policy in force ends soon with none to follow it: said early enough for a new one to be approved."""

from __future__ import annotations

from datetime import date

from scoring.policy.in_force import Policies

WARN_DAYS = 30
"""Days before the end from which on it is warned of."""


def days_left(policies: Policies, on: date) -> int | None:
    """Days after ``on`` that are still bound without a gap, 0 on the last one; None until further notice.

    Raises:
        PolicyNotInForce: where no policy binds on that day.
    """
    end = policies.ends_on(on)
    return None if end is None else (end - on).days


def ending(policies: Policies, on: date) -> str:
    """The warning, in words; '' where none is due.

    Raises:
        PolicyNotInForce: as :func:`days_left`.
    """
    left = days_left(policies, on)
    if left is None or left > WARN_DAYS:
        return ""
    last = policies.ends_on(on)
    return (
        f"the last day that an approved policy covers without a gap is {last}, {left} days from {on}; "
        "approve the policy that follows, or decisions stop the day after"
    )
