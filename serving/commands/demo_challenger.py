"""The demonstration's challenger: trained for the quarter, put to the gate, promoted by two people of the play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.markup import escape

from scoring.errors import LushiError
from serving.approvals.promote import promote
from serving.challenger.versions import PROMOTE
from serving.quarter.step import TrainedVersion
from serving.wiring import Parts

BY, SECOND = "demo analyst", "demo risk officer"
WHY = "the gate passed it; demonstration on synthetic data"


class TrainedWithCard(TrainedVersion, Protocol):
    """A version as training left it, with its model card."""

    @property
    def card(self) -> str:
        """Folder or address of its model card."""
        ...


Train = Callable[[Parts, str, Callable[[str], None]], TrainedWithCard]
"""Trains a quarter's version; called with parts, quarter, and what takes the name of each step."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What became of it: says is for people; card is '' where nothing was trained; advises: it was promoted."""

    says: str
    card: str = ""
    advises: bool = False


def challenge(parts: Parts, quarter: str, train: Train, progress: Callable[[str], None]) -> Challenge:
    """Train a quarter and promote what passes; a county too small to train on is told as such, not an error."""
    try:
        found = train(parts, quarter, progress)
    except LushiError as error:
        return Challenge(f"no challenger: {error}")
    if found.verdict != PROMOTE or found.version is None:
        return Challenge(f"the gate refused the challenger, so none advises: {found.reasons}", found.card)
    promote(parts, found.version, by=BY, second=SECOND, why=WHY)
    says = f"the challenger of {quarter} passed the gate and was promoted: version {found.version} advises"
    return Challenge(says, found.card, advises=True)


def tell(challenge: Challenge, console: Console) -> None:
    """Print what became of the challenger."""
    colour = "green" if challenge.advises else "yellow"
    console.print(f"[{colour}]{escape(challenge.says)}[/]", soft_wrap=True)
    if challenge.card:
        console.print(f"its model card: {escape(challenge.card)}", soft_wrap=True, highlight=False)
