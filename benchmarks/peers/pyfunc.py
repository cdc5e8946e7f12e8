"""The same model for ``mlflow models serve``: a pyfunc whose prediction is its contributions."""

from __future__ import annotations

import contextlib
import io
import logging
from pathlib import Path

from feature_store.adapters import mlflow_manners


def save(model: Path, folder: Path, *, signature: bool) -> None:
    """Save a LightGBM file as a pyfunc model that MLflow serves without making an environment.

    signature: as MLflow advises, inferred from an example; its server then checks every column of every request. Without
    it nothing of a request is checked.
    """
    mlflow_manners.set_up()
    import lightgbm
    import numpy as np
    import pandas

    booster = lightgbm.Booster(model_file=str(model))
    example = pandas.DataFrame(np.zeros((1, booster.num_feature())), columns=columns(booster.num_feature()))
    more = {"input_example": example} if signature else {}
    with contextlib.redirect_stderr(io.StringIO()):  # MLflow sets the filters of its warnings itself
        from mlflow.pyfunc import PythonModel, save_model

        mlflow_manners.hush()
        logging.getLogger("mlflow").setLevel(logging.CRITICAL)

        class Contributions(PythonModel):
            """Contributions by LightGBM, the base value last, with one thread."""

            def load_context(self, context):  # type: ignore[no-untyped-def]
                self.booster = lightgbm.Booster(model_file=context.artifacts["model"])

            def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
                rows = model_input.to_numpy(np.float64)
                return self.booster.predict(rows, pred_contrib=True, num_threads=1)

        save_model(
            str(folder), python_model=Contributions(), artifacts={"model": str(model)}, pip_requirements=[], **more
        )


def columns(features: int) -> list[str]:
    """Names of the columns; LightGBM takes them in their order."""
    return [f"f{number}" for number in range(features)]
