"""From repayment outcomes to a registered challenger. Empty until the challenger is built."""
