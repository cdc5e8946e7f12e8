"""What is different between two policies, in words: ``compare`` finds it, ``saying`` and ``words`` name it."""

from scoring.policy.differ.compare import Change, Comparison, differences

__all__ = ["Change", "Comparison", "differences"]
