"""What is different between two policies, in words: ``compare`` finds it, ``words`` names it."""

from scoring.policy.differ.compare import Change, differences

__all__ = ["Change", "differences"]
