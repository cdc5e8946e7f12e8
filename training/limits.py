"""Every limit of the gate, in one place. All are our proposals; a bank or county that adopts us sets its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a challenger must keep to be promoted."""

    bads_least: int = 100
    """Bad rows among those that train."""
    judged_bads_least: int = 50
    """Bad rows among those that judge: with fewer the standard error of the mean log-odds passes 0.15."""
    auc_chance: float = 0.5
    """The interval of the AUC must lie above this."""
    auc_most: float = 0.95
    """Nobody foresees so much of a loan's fate: a greater AUC says that the outcome hides among the features."""
    slope_low: float = 0.8
    slope_high: float = 1.25
    """Calibration slope on judged rows."""
    in_the_large: float = 0.25
    """Greatest shift of log-odds, either way, that would put the mean PD right."""
    score_psi: float = 0.25
    """Stability index of the PD between training and judged rows."""
    alone_auc: float = 0.9
    """AUC that no single feature may exceed by itself."""
    copies: float = 0.8
    """How far the outcomes of equal rows that trained may tell those of the judged rows, 0-1."""
    reversals: int = 0
    """Steps of the grid sweep against a promised direction."""
    additivity: float = 1e-9
    """Greatest distance between contributions and log-odds."""
    fair_ratio: float = 0.8
    """Share of good repayers accepted, worst-treated over best-treated group: refused when the whole interval is below."""

    def as_dict(self) -> dict[str, float]:
        """As name and number, for the record."""
        return {name: float(getattr(self, name)) for name in self.__slots__}


LIMITS = Limits()
