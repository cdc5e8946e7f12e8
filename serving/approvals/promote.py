"""Which model advises: promoted by two people through a passed gate, and taken back the same way.

The record in the database is what the service goes by; the registry's alias follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feature_store.adapters import promotions
from feature_store.adapters.log_tables import Connection
from feature_store.adapters.promotions import Promotion
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.two_people import two_people
from serving.challenger.load import ChallengerUnusable
from serving.challenger.standing import Challengers
from serving.challenger.versions import PROMOTE, Registry, RegistryUnavailable, Version
from serving.ledger import log
from serving.wiring import Parts

_MEANWHILE = "somebody else moved the challenger meanwhile; look again with `lushi models`"


class PromotionRefused(LushiError):
    """The challenger stays as it is; ``reasons`` says why, all of them."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("refused: " + "; ".join(reasons))


@dataclass(frozen=True, slots=True)
class Listed:
    """A version with where it stands. stands: the service goes by it. alias: the registry's."""

    version: Version
    stands: bool
    alias: bool
    promoted: Promotion | None


def list_models(parts: Parts) -> list[Listed]:
    """Every registered version, oldest first.

    Raises:
        RegistryUnavailable, StoreUnavailable: where either cannot be read.
    """
    registry = parts.challengers.registry
    versions, alias = registry.versions(), registry.alias()
    with parts.store.moment(parts.clock.now) as moment:
        moves = promotions.history(moment.connection)
    standing = moves[-1].version if moves else None
    last = {move.version: move for move in moves}
    return [Listed(it, it.version == standing, it.version == alias, last.get(it.version)) for it in versions]


def promote(parts: Parts, version: str, *, by: str, second: str, why: str) -> Promotion:
    """Let a version advise from now on: record it, then move the alias.

    Raises:
        PromotionRefused: unless two different people with a cause promote a whole version that passed the gate.
        RegistryUnavailable, StoreUnavailable: where either is away.
    """
    reasons = two_people(by, second, why)
    listed = next((it for it in parts.challengers.registry.versions() if it.version == version), None)
    sha256 = listed.model_sha256 if listed else ""
    faults, about_sha256 = _of_version(listed, parts.challengers)
    reasons += faults
    with parts.store.moment(parts.clock.now) as moment:
        standing = promotions.standing(moment.connection)
    if standing is not None and (standing.version, standing.sha256) == (version, sha256):
        if not reasons and parts.challengers.registry.alias() != version:
            # Recorded earlier, but the alias could not be moved then.
            parts.challengers.registry.move_alias(version)
            return standing
        reasons.append(f"version {version} already stands")
    if reasons:
        raise PromotionRefused(reasons)
    with parts.store.engine.begin() as connection:
        recorded_at, moves = promotions.lock_and_history(connection, parts.clock.now)
        if (moves[-1] if moves else None) != standing:
            raise PromotionRefused([_MEANWHILE])
        before = standing.version if standing else None
        people = by.strip(), second.strip(), why.strip()
        move = Promotion("promotion", version, sha256, before, *people, recorded_at, about_sha256)
        _record(connection, move)
    _move_alias(parts.challengers.registry, version)
    return move


def rollback(parts: Parts, *, by: str, second: str, why: str) -> Promotion:
    """Let the version advise again that stood before the one that stands now.

    Raises:
        PromotionRefused: without two different people and a cause, where nothing stood before, or
            where the earlier version is no longer whole.
        RegistryUnavailable, StoreUnavailable: where either is away.
    """
    reasons = two_people(by, second, why)
    with parts.store.moment(parts.clock.now) as moment:
        target = earlier(promotions.history(moment.connection))
    if target is None:
        reasons.append("no version stood before the one that stands now")
    else:
        reasons += _checked(parts.challengers, target.version, target.sha256, target.about_sha256)[0]
    if reasons or target is None:
        raise PromotionRefused(reasons)
    with parts.store.engine.begin() as connection:
        recorded_at, moves = promotions.lock_and_history(connection, parts.clock.now)
        if earlier(moves) != target:
            raise PromotionRefused([_MEANWHILE])
        move = Promotion(
            "rollback",
            target.version,
            target.sha256,
            moves[-1].version,
            by.strip(),
            second.strip(),
            why.strip(),
            recorded_at,
            target.about_sha256,
        )
        _record(connection, move)
    _move_alias(parts.challengers.registry, target.version)
    return move


def _record(connection: Connection, move: Promotion) -> None:
    """The move, and its entry in the log, in one transaction."""
    promotions.record(connection, move)
    said = {name: getattr(move, name) for name in move.__slots__ if name != "recorded_at"}
    log.append(connection, kind=move.kind, recorded_at=move.recorded_at, content=canonical(said))


def earlier(moves: Sequence[Promotion]) -> Promotion | None:
    """The promotion that a rollback returns to: each rollback undoes one promotion, the newest first."""
    stack: list[Promotion] = []
    for move in moves:
        if move.kind == "promotion":
            stack.append(move)
        elif stack:
            stack.pop()
    return stack[-2] if len(stack) > 1 else None


def _move_alias(registry: Registry, version: str) -> None:
    try:
        registry.move_alias(version)
    except RegistryUnavailable:
        raise RegistryUnavailable(
            f"version {version} advises now and that is recorded, but the registry's alias could not be moved;"
            f" run `lushi promote {version}` again with the same people once the registry can be reached"
        ) from None


def _of_version(listed: Version | None, challengers: Challengers) -> tuple[list[str], str]:
    """Why a version may not advise, and the hash of its description."""
    if listed is None:
        return ["there is no such version; see `lushi models`"], ""
    reasons, described = _checked(challengers, listed.version, listed.model_sha256, listed.about_sha256)
    if listed.verdict != PROMOTE:
        reasons = [f"its gate said '{listed.verdict or 'nothing'}', not '{PROMOTE}'", *reasons]
    return reasons, described


def _checked(challengers: Challengers, version: str, sha256: str, about_sha256: str) -> tuple[list[str], str]:
    """Why a version's files may not advise, and the hash of its description as it is."""
    try:
        found = challengers.verified(version, sha256, about_sha256)
    except (ChallengerUnusable, RegistryUnavailable) as refused:
        return [str(refused)], ""
    # The tag can be edited in the registry's pages; the artefact says what the gate said.
    passed = found.about.verdict == PROMOTE
    return [] if passed else ["its files say that the gate refused it", *found.about.gate_reasons], found.about_sha256
