"""A distribution as it stood once (at promotion), kept to be compared with later ones.

Bins are by edges, or by values where there are few (categories, steps of a score). The last bin holds the
missing ones; by values, the bin before it holds every value never seen, or beyond the ``MOST_VALUES`` commonest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.binning import BINS, parting_edges

Sample = FloatArray | NDArray[np.str_]
"""(n,) numbers with NaN for missing, or labels with "" for missing."""
MOST_VALUES = 400


@dataclass(frozen=True, slots=True)
class FrozenBins:
    """Bins and the rows that each held.

    edges: inner edges, ascending, bin i holding ``edges[i - 1] < value <= edges[i]``; empty by values.
    values: one bin for each, ascending; None by edges. counts: rows of every bin, the missing ones last.
    """

    edges: tuple[float, ...]
    values: tuple[float, ...] | tuple[str, ...] | None
    counts: tuple[int, ...]

    @property
    def rows(self) -> int:
        """How many rows were frozen, missing ones included."""
        return sum(self.counts)

    @property
    def shares(self) -> FloatArray:
        """The share of rows in each bin, (bins,); zeros without rows."""
        return np.array(self.counts, np.float64) / max(self.rows, 1)

    def counts_of(self, sample: Sample) -> IntArray:
        """The rows of another sample in each of these bins, (bins,).

        Raises:
            TypeError: labels against bins of numbers, or numbers against bins of labels.
        """
        labels = sample.dtype.kind == "U"
        if len(sample) and self.values != () and labels != self._by_label():
            raise TypeError("Labels are counted in bins of labels and numbers in bins of numbers; freeze the same kind")
        if self.values is None:
            place, known = np.searchsorted(self.edges, sample, side="left"), len(self.edges) + 1
        else:
            place, known = _place_of(sample, self.values), len(self.values) + 1
        return np.bincount(np.where(_missing(sample), known, place), minlength=known + 1).astype(np.int64)

    def as_data(self) -> dict[str, object]:
        """As JSON holds it; :meth:`from_data` gives back the same bins."""
        values = None if self.values is None else list(self.values)
        return {"edges": list(self.edges), "values": values, "counts": list(self.counts)}

    @staticmethod
    def from_data(data: Mapping[str, object]) -> FrozenBins:
        """The bins that :meth:`as_data` wrote.

        Raises:
            ValueError: edges or values do not ascend, a count is below 0, or there are too few or many counts.
            KeyError: a part is missing.
        """
        edges = tuple(float(it) for it in cast(list[float], data["edges"]))
        written = cast(list[float] | list[str] | None, data["values"])
        values = None if written is None else _values(written)
        counts = tuple(int(it) for it in cast(list[int], data["counts"]))
        if any(it < 0 for it in counts):
            raise ValueError("A frozen bin holds fewer than 0 rows; freeze the distribution again")
        for bounds in (edges, values or ()):
            if not all(np.array(bounds[:-1]) < np.array(bounds[1:])):
                raise ValueError("The edges or values of frozen bins must ascend; freeze the distribution again")
        if len(counts) != (len(edges) if values is None else len(values)) + 2:
            raise ValueError("Frozen bins have one count a bin and one for missing; freeze the distribution again")
        return FrozenBins(edges, values, counts)

    def _by_label(self) -> bool:
        return bool(self.values) and isinstance(cast(tuple[object, ...], self.values)[0], str)


def freeze(sample: Sample, *, bins: int = BINS, by_value: bool = False) -> FrozenBins:
    """The bins of a sample with its counts.

    by_value: a bin for each value, as for codes of a category; labels, and numbers of at most ``bins``
    different values, are binned so anyway.
    """
    known = sample[~_missing(sample)]
    different, counts = np.unique(known, return_counts=True)
    if by_value or sample.dtype.kind == "U" or 0 < len(different) <= bins:
        kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_VALUES])
        empty = FrozenBins((), _values(different[kept].tolist()), ())
    else:
        empty = FrozenBins(tuple(parting_edges(np.asarray(known, np.float64), bins).tolist()), None, ())
    return FrozenBins(empty.edges, empty.values, tuple(empty.counts_of(sample).tolist()))


def _missing(sample: Sample) -> NDArray[np.bool_]:
    if sample.dtype.kind == "U":
        return np.asarray(sample == "", np.bool_)
    return np.isnan(sample.astype(np.float64))


def _values(written: list[float] | list[str]) -> tuple[float, ...] | tuple[str, ...]:
    if any(isinstance(it, str) for it in written):
        return tuple(str(it) for it in written)
    return tuple(float(it) for it in written)


def _place_of(sample: Sample, values: tuple[float, ...] | tuple[str, ...]) -> IntArray:
    """The place of each row's value; ``len(values)`` where it is none of them."""
    if not values:
        return np.zeros(len(sample), np.int64)
    kept = np.array(values)
    near = np.minimum(np.searchsorted(kept, sample), len(kept) - 1)
    return np.where(kept[near] == sample, near, len(kept)).astype(np.int64)
