"""A bare FastAPI endpoint: parses a row, runs the model with contributions, records nothing.

``LUSHI_BENCH_MODEL`` names the model's file; ``uvicorn benchmarks.peers.bare:app`` serves it.
"""

from __future__ import annotations

import os
from typing import Any

import lightgbm
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

BOOSTER = lightgbm.Booster(model_file=os.environ["LUSHI_BENCH_MODEL"])
app = FastAPI()


class Row(BaseModel):
    """One household's features in the model's order; null where missing."""

    values: list[float | None]


@app.post("/predict")
def predict(row: Row) -> dict[str, Any]:
    """Log-odds before calibration: of the household, and each feature's share of them."""
    found = np.asarray(BOOSTER.predict(np.array([row.values], np.float64), pred_contrib=True, num_threads=1))[0]
    return {"log_odds": float(found.sum()), "base": float(found[-1]), "contributions": found[:-1].tolist()}
