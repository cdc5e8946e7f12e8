"""The array types of training that the statistics do not need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DateArray = NDArray[np.datetime64]
TextArray = NDArray[np.str_]
