"""The challenger in force so far, from its files, as a rival of the new one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import lightgbm
import numpy as np

from scoring.errors import LushiError
from scoring.metrics.arrays import FloatArray
from training.artefact import ABOUT, MODEL
from training.boost import raw
from training.calibrate import Calibration
from training.table import Feature


class PreviousUnusable(LushiError):
    """The files of the previous challenger cannot be used."""


@dataclass(frozen=True, slots=True)
class PreviousModel:
    """A model read from an artefact folder.

    levels: of each category that it reads, in the order of its codes. recoded: by column, what each code of the
    table that is read now was when the model learned; NaN for a word that it never saw.
    """

    names: tuple[str, ...]
    booster: lightgbm.Booster
    calibration: Calibration
    levels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    recoded: Mapping[int, FloatArray] = field(default_factory=dict)

    def reading(self, features: Sequence[Feature]) -> PreviousModel:
        """The same model for a table of these features, whose categories may have other words or another order.

        Raises:
            PreviousUnusable: where the table lacks a feature that the model reads, or has it as another kind.
        """
        there = {it.name: it for it in features}
        if missing := [name for name in self.names if name not in there]:
            shown = ", ".join(f"'{name}'" for name in missing[:3]) + (" and more" if len(missing) > 3 else "")
            raise PreviousUnusable(f"the previous challenger reads features that are not here: {shown}")
        recoded = {}
        for place, name in enumerate(self.names):
            words = there[name].special.get("levels")
            if (words is None) != (name not in self.levels):
                raise PreviousUnusable(f"the previous challenger knows '{name}' as another kind of feature")
            if isinstance(words, Sequence):
                code = {word: float(at) for at, word in enumerate(self.levels[name])}
                recoded[place] = np.array([code.get(word, np.nan) for word in words])
        return replace(self, recoded=recoded)

    def odds(self, matrix: FloatArray) -> FloatArray:
        """Calibrated log-odds (n,)."""
        given = matrix.copy()
        for place, codes in self.recoded.items():
            known = ~np.isnan(matrix[:, place])
            given[known, place] = codes[matrix[known, place].astype(np.int64)]
        return self.calibration.odds(raw(self.booster, given))


def read_previous(folder: Path, *, sha256: str = "") -> PreviousModel:
    """Read a model version's folder; raises :class:`PreviousUnusable` where its hash or form is not right.

    sha256: of the model, where it is known from elsewhere.
    """
    try:
        text = (folder / MODEL).read_bytes()
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if hashlib.sha256(text).hexdigest() != (sha256 or about["model_sha256"]):
            raise PreviousUnusable(
                f"{folder.name}: {MODEL} is not the file that {'was promoted' if sha256 else f'{ABOUT} names'}; restore it"
            )
        names = tuple(str(it["name"]) for it in about["features"])
        special = {str(it["name"]): it.get("special", {}) for it in about["features"]}
        levels = {name: list(it["levels"]) for name, it in special.items() if "levels" in it}
        calibration = Calibration(float(about["calibration"]["slope"]), float(about["calibration"]["intercept"]))
        booster = lightgbm.Booster(model_str=text.decode())
    except (OSError, ValueError, KeyError, TypeError, lightgbm.basic.LightGBMError) as error:
        raise PreviousUnusable(f"{folder.name}: not a model version; give the folder of {MODEL} and {ABOUT}") from error
    return PreviousModel(names, booster, calibration, levels)
