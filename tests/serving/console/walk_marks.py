"""Words that stand for what is somebody's in the county that is walked, and who may read them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.serving.console.walked import Made
from tests.serving.served import consent_of


@dataclass(frozen=True)
class Mark:
    """Words that only some walkers may read. beside: a part of the addresses where others may read them too."""

    words: str
    readers: frozenset[str]
    beside: str = ""


def marks_of(made: Made) -> list[Mark]:
    """Words of each bank's things, and of the offices', with who may read them."""
    everywhere = {"county", "colleague", "auditor"}
    found = []
    for mine, clerk, near in (
        (made.a, "clerk", {"village", "township"}),
        (made.b, "other bank", {"village there", "township there"}),
    ):
        bank, network = frozenset({clerk, "auditor"}), frozenset({clerk, *near, *everywhere})
        letter = {"clerk": "a", "other bank": "b"}[clerk]
        beside = f"/objections/{made.secrets['network objection']}"
        found += [Mark(mine.decision, bank, beside), Mark(f"why of bank-{letter}", bank)]
        found += [Mark(mine.consent, network), Mark(consent_of(mine.household, f"bank-{letter}"), network)]
        found += [Mark(mine.objection, network), Mark(f"statement of bank-{letter}", network)]
        found += [Mark(f"walk-clerk-{letter}", network | {"administrator"})]
    office = frozenset({"village", "township", *everywhere})
    found += [Mark(made.secrets["network objection"], office), Mark("statement of the village", office)]
    found += [Mark(it, frozenset({"auditor"})) for it in ("review of the walk", "note of the walk")]
    found += [Mark(made.secrets["upload"], frozenset({"county"})), Mark(made.secrets["file"], frozenset({"county"}))]
    workshop = frozenset({"county", "county there", "colleague", "analyst", "auditor"})
    found += [Mark("model move", workshop), Mark("policy move", workshop | {"administrator"})]
    return found
