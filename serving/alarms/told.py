"""The alarms that a report of the watch tells, checked before anything is recorded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from feature_store.adapters.alarms import Level
from scoring.canonical import canonical, sha256
from scoring.errors import LushiError

MOST, MOST_IDS, MOST_LINES, MOST_CHARACTERS = 1_000, 5_000, 20, 2_000
_WORD = re.compile(r"[a-z][a-z0-9_.]{0,79}")
_PERIOD = re.compile(r"[0-9]{4}(Q[1-4]|-[0-9]{2}(-[0-9]{2})?)?")


class AlarmsInvalid(LushiError):
    """A report's alarms cannot be taken in; ``faults`` says where and why, all of them."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("the report's alarms cannot be taken in: " + "; ".join(faults))


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as a report tells it.

    figure, kind: what it is known by from one report to the next. ids: what it is about, townships for example; empty for
    everything. since: the first period known to be over. lines: what it says, by language.
    """

    figure: str
    kind: str
    ids: tuple[str, ...]
    level: Level
    since: str
    suspends: bool
    names: Mapping[str, str]
    lines: Mapping[str, Sequence[str]]

    @property
    def alarm_id(self) -> str:
        """16 hexadecimal digits made of figure and kind."""
        return sha256(canonical({"figure": self.figure, "kind": self.kind}))[:16]

    @property
    def about(self) -> dict[str, Any]:
        """What it is about, in ids alone."""
        return {"kind": self.kind, "ids": list(self.ids)}

    @property
    def shown(self) -> dict[str, Any]:
        """What people read of it."""
        return {
            "alarm_id": self.alarm_id,
            "names": dict(self.names),
            "lines": {k: list(v) for k, v in self.lines.items()},
        }


def read_alarms(report: Mapping[str, Any]) -> list[Alarm]:
    """The alarms of a report, in its order.

    Raises:
        AlarmsInvalid: with every fault; values are not repeated.
    """
    given = report.get("alarms")
    if not isinstance(given, list) or len(given) > MOST:
        raise AlarmsInvalid([f"'alarms' must be a list of at most {MOST:,}"])
    faults: list[str] = []
    found = [_read(one, f"alarms[{place}]", faults) for place, one in enumerate(given)]
    known: set[str] = set()
    for place, one in enumerate(found):
        if one is not None and one.alarm_id in known:
            faults.append(f"alarms[{place}] is told twice: one figure about one kind of thing is one alarm")
        known |= {one.alarm_id} if one is not None else set()
    if faults:
        raise AlarmsInvalid(faults)
    return [one for one in found if one is not None]


def report_hash(report: Mapping[str, Any]) -> str:
    """The SHA-256 of a report's canonical bytes, which are those that are stored.

    Raises:
        AlarmsInvalid: where it has no canonical bytes.
    """
    try:
        return sha256(canonical(dict(report)))
    except (TypeError, ValueError):
        raise AlarmsInvalid(["the report holds something that has no canonical form, such as a float"]) from None


def _read(one: object, at: str, faults: list[str]) -> Alarm | None:
    """The alarm, or None with faults noted."""
    if (
        not isinstance(one, Mapping)
        or not isinstance(one.get("about"), Mapping)
        or not isinstance(one.get("lines"), Mapping)
    ):
        faults.append(f"{at} must be an object with 'about' and 'lines'")
        return None
    about, lines = one["about"], one["lines"]
    wanted = (
        ("figure", _is_word(one.get("figure")), "the id of a figure"),
        ("about.kind", _is_word(about.get("kind")), "a word"),
        ("about.ids", _are_texts(about.get("ids"), MOST_IDS, 100), "a list of ids"),
        ("about.zh, about.en", _are_texts([about.get("zh"), about.get("en")], 2), "texts"),
        ("level", one.get("level") in get_args(Level), "amber or red"),
        ("since", isinstance(one.get("since"), str) and _PERIOD.fullmatch(one["since"]), "a period such as 2020Q2"),
        ("suspends", isinstance(one.get("suspends"), bool), "true or false"),
        ("lines", all(_are_texts(lines.get(it), MOST_LINES) for it in ("zh", "en")), f"at most {MOST_LINES} texts in zh and en"),
    )  # fmt: skip
    wrong = [f"{at}.{name} must be {what}" for name, holds, what in wanted if not holds]
    faults += wrong
    if wrong:
        return None
    return Alarm(
        figure=one["figure"],
        kind=about["kind"],
        ids=tuple(about["ids"]),
        level=one["level"],
        since=one["since"],
        suspends=one["suspends"] and one["level"] == "red",
        names={"zh": about["zh"], "en": about["en"]},
        lines={"zh": tuple(lines["zh"]), "en": tuple(lines["en"])},
    )


def _is_word(given: object) -> bool:
    return isinstance(given, str) and _WORD.fullmatch(given) is not None


def _is_shown(text: str) -> bool:
    """Whether it holds no control characters, nor any that turn the direction of what follows."""
    return not any(unicodedata.category(it).startswith("C") for it in text)


def _are_texts(given: object, most: int, characters: int = MOST_CHARACTERS) -> bool:
    return (
        isinstance(given, list)
        and len(given) <= most
        and all(isinstance(it, str) and len(it) <= characters and _is_shown(it) for it in given)
    )
