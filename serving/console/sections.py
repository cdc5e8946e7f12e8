"""The console's parts, each for the roles whose acts it needs: what stands in a reader's menu, and where a role begins."""

from __future__ import annotations

from dataclasses import dataclass

from serving.access.callers import Caller
from serving.access.roles import Act


def N_(message: str) -> str:  # gettext's name for words that are translated where they are shown
    """Mark a message for translation."""
    return message


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the console: its first page, what the menu calls it, and the act that its pages need."""

    path: str
    title: str
    act: Act


SECTIONS = (
    Section("/console/households", N_("Households"), Act.READ_HOUSEHOLD),
    Section("/console/objections", N_("Objections"), Act.READ_HOUSEHOLD),
    Section("/console/audit", N_("Audit"), Act.AUDIT),
    Section("/console/county", N_("County"), Act.READ_COUNTY),
    Section("/console/models", N_("Models"), Act.READ_MODELS),
    Section("/console/watch", N_("Watch"), Act.READ_ALARMS),
    Section("/console/policies", N_("Policies"), Act.READ_POLICIES),
    Section("/console/admin", N_("Administration"), Act.ADMINISTER),
)


def sections_of(caller: Caller) -> list[Section]:
    """The parts that a caller may open."""
    return [it for it in SECTIONS if caller.may(it.act)]
