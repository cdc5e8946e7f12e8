"""Households for those who meet them: bank clerks and the three-level service network. Search, one page each, decisions, proofs, rights."""
