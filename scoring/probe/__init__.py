"""Generated households that stand at every limit of a policy, and what a change of it does to them.

``builder`` makes rows, ``households``, ``books`` and ``paths`` the cases, ``outcomes`` holds them against
a changed policy, ``effects`` counts.
"""

from scoring.probe.effects import SEED, Effect, beside, moved, sensitivity

__all__ = ["SEED", "Effect", "beside", "moved", "sensitivity"]
