"""Statistics of a risk score against realised outcomes: one per file, numpy only, pure.

Everywhere: ``score`` (n,) is higher for riskier rows; ``chance`` (n,) is a PD strictly between 0 and 1;
``bad`` (n,) is 1 for bad and 0 for good; ``weights`` is None, (n,), or (b, n) for b weightings of the
same rows at once (a bootstrap). The answer has the shape of ``weights`` without its last axis. A
statistic that the rows cannot give (no bad, no good, no rows) is NaN, never an exception or a guess.
"""
