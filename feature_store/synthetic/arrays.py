"""The array types of the synthetic county, named once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.object_]
Random = np.random.Generator
Plain = Any
"""What YAML holds before it is read into types."""
