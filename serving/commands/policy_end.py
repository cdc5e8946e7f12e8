"""The line of ``lushi policy check`` on how long approved policies still bind."""

from __future__ import annotations

from datetime import date

from scoring.errors import PolicyNotInForce
from scoring.policy.in_force import Policies
from serving.operations.policy_ending import days_left, ending


def end_line(policies: Policies, on: date) -> str:
    """Until when decisions can be made from a day on, marked up for a terminal."""
    try:
        left, warning = days_left(policies, on), ending(policies, on)
    except PolicyNotInForce as none:
        return f"[red]{none}. 当日没有有效政策。[/red]"
    if warning:
        return f"[yellow]{warning}. 现行政策即将到期。[/yellow]"
    if left is None:
        return f"[green]In force on {on}, until further notice. 现行有效,无截止日。[/green]"
    return f"[green]In force on {on}, and without a gap until {policies.ends_on(on)}. 现行有效。[/green]"
