"""From a model's files to a challenger that may be asked, or a refusal.

Order: hash, description, feature set, the text's shape, and only then LightGBM's own reader.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from feature_store.feature_set import FeatureSet
from scoring.canonical import sha256
from scoring.errors import LushiError
from scoring.opinion import Model, Reason
from serving.challenger import about as description
from serving.challenger import model_text
from serving.challenger.about import About, AboutUnusable, read_about
from serving.challenger.tree_text import ModelTextUnusable

if TYPE_CHECKING:
    import lightgbm

MODEL, ABOUT = "model.txt", "challenger.json"
FeatureSets = Callable[[str], FeatureSet]
"""The feature set of a version; raises :class:`LushiError` where there is none."""
_TOLERANCE = 1e-9
_QUIET = logging.getLogger("lushi.lightgbm")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


class ChallengerUnusable(LushiError):
    """A model's files cannot be used; ``reason`` is the word recorded with a decision."""

    def __init__(self, reason: Reason, what: str) -> None:
        self.reason: Reason = reason
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Artefact:
    """The bytes of a model version's two files."""

    model: bytes
    about: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Challenger:
    """A verified model. about_sha256: of the description's bytes. booster: LightGBM's own, asked with one thread."""

    model: Model
    about: About
    feature_set: FeatureSet
    booster: lightgbm.Booster
    about_sha256: str = ""


def read_folder(folder: Path) -> Artefact:
    """The two files of an artefact folder.

    Raises:
        ChallengerUnusable: where one is missing or too large.
    """
    found = []
    for name, most in ((MODEL, model_text.MOST_BYTES), (ABOUT, description.MOST_BYTES)):
        path = folder / name
        try:
            if path.stat().st_size > most:
                raise ChallengerUnusable("model_corrupt", f"{name} has more than {most} bytes")
            found.append(path.read_bytes())
        except OSError:
            raise ChallengerUnusable(
                "model_missing", f"the model's folder holds no {name}; restore it or promote another version"
            ) from None
    return Artefact(*found)


def load(
    artefact: Artefact, feature_sets: FeatureSets, *, version: str, wanted_sha256: str, about_sha256: str = ""
) -> Challenger:
    """The challenger that an artefact holds.

    wanted_sha256: of the model's bytes, as two people promoted it or as a decision recorded it.
    about_sha256: of the description's bytes, as two people promoted it; '' where that is not known.

    Raises:
        ChallengerUnusable: where anything does not fit; nothing of a file with another hash is read.
    """
    digest = sha256(artefact.model)
    if digest != wanted_sha256:
        raise ChallengerUnusable("wrong_hash", f"model.txt has the hash {digest[:12]}…, not {wanted_sha256[:12]}…")
    described = sha256(artefact.about)
    if about_sha256 and described != about_sha256:
        raise ChallengerUnusable("wrong_hash", f"{ABOUT} has the hash {described[:12]}…, not {about_sha256[:12]}…")
    try:
        about = read_about(artefact.about)
    except AboutUnusable as refused:
        raise ChallengerUnusable("model_corrupt", str(refused)) from None
    if about.model_sha256 != digest:
        raise ChallengerUnusable("wrong_hash", "challenger.json describes a model of another hash")
    feature_set = _feature_set(about, feature_sets)
    booster = _booster(artefact.model, about)
    model = Model(version, digest, about.created_at.isoformat(), about.feature_set, about.feature_set_sha256)
    found = Challenger(model, about, feature_set, booster, described)
    _check_base(found)
    return found


def _feature_set(about: About, feature_sets: FeatureSets) -> FeatureSet:
    try:
        found = feature_sets(about.feature_set)
    except LushiError:
        raise ChallengerUnusable(
            "unknown_feature_set", "the model was trained on a feature set that this service does not have"
        ) from None
    if found.sha256 != about.feature_set_sha256 or found.names != about.features:
        raise ChallengerUnusable("unknown_feature_set", "the model's feature set is not the one of that version here")
    return found


def _booster(content: bytes, about: About) -> lightgbm.Booster:
    import lightgbm  # takes a second, so only where a model is loaded

    # LightGBM writes to standard output otherwise; what it refuses is said in our own words.
    lightgbm.register_logger(_QUIET)
    count = len(about.features)
    try:
        names = model_text.check(content, features=count)
        booster = lightgbm.Booster(model_str=content.decode("ascii"))
    except ModelTextUnusable as refused:
        raise ChallengerUnusable("model_corrupt", f"model.txt: {refused}") from None
    except Exception:
        raise ChallengerUnusable("model_corrupt", "LightGBM does not read model.txt") from None
    # LightGBM refuses some characters in names, so training may number the columns; then their order counts.
    numbered = [tuple(f"{word}{number}" for number in range(count)) for word in ("f", "Column_")]
    if names not in (about.features, *numbered):
        raise ChallengerUnusable("model_corrupt", "model.txt names other features than challenger.json")
    if booster.num_feature() != count or booster.num_model_per_iteration() != 1:
        raise ChallengerUnusable("model_corrupt", "model.txt takes other features than challenger.json lists")
    return booster


def _check_base(challenger: Challenger) -> None:
    """The described base value is the one that the model's own contributions start from."""
    about = challenger.about
    empty = np.full((1, len(about.features)), np.nan)
    contributions = np.asarray(challenger.booster.predict(empty, pred_contrib=True, num_threads=1))
    base = about.intercept + about.slope * float(contributions[0, -1])
    if not abs(base - about.base_value) <= _TOLERANCE:
        raise ChallengerUnusable("model_corrupt", "challenger.json states another base value than the model has")
