"""The challenger in force so far, from its files, as a rival of the new one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import lightgbm

from scoring.errors import LushiError
from scoring.metrics.arrays import FloatArray
from training.artefact import ABOUT, MODEL
from training.boost import raw
from training.calibrate import Calibration


class PreviousUnusable(LushiError):
    """The files of the previous challenger cannot be used."""


@dataclass(frozen=True, slots=True)
class PreviousModel:
    """A model read from an artefact folder."""

    names: tuple[str, ...]
    booster: lightgbm.Booster
    calibration: Calibration

    def odds(self, matrix: FloatArray) -> FloatArray:
        """Calibrated log-odds (n,)."""
        return self.calibration.odds(raw(self.booster, matrix))


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
        calibration = Calibration(float(about["calibration"]["slope"]), float(about["calibration"]["intercept"]))
        booster = lightgbm.Booster(model_str=text.decode())
    except (OSError, ValueError, KeyError, TypeError, lightgbm.basic.LightGBMError) as error:
        raise PreviousUnusable(f"{folder.name}: not a model version; give the folder of {MODEL} and {ABOUT}") from error
    return PreviousModel(names, booster, calibration)
