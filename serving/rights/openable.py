"""Which of the objections that left a mark a reader may open: the mark is shown to whoever uses the data, its words are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from feature_store.adapters.store import Moment
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK
from serving.rights.objections import UnknownObjection, visible
from serving.wiring import Parts


def openable(marks: Iterable[Mapping[str, Any]], parts: Parts, *, caller: Caller) -> frozenset[str]:
    """Ids of the objections behind these marks that the caller may open; a bank opens those that it handed in.

    marks: of what the caller sees; whoever stands for no bank opens all of them.

    Raises:
        StoreUnavailable: where the database is away.
    """
    ids = frozenset(str(it["objection_id"]) for it in marks)
    if not ids or caller.role not in OF_A_BANK:
        return ids
    with parts.store.looking(parts.clock.now()) as moment:
        return frozenset(it for it in ids if _opens(moment, UUID(it), caller))


def _opens(moment: Moment, objection_id: UUID, caller: Caller) -> bool:
    try:
        visible(moment, objection_id, caller)
    except UnknownObjection:
        return False
    return True
