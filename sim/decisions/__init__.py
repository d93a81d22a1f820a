"""Comparing plans for those who decide: how sure, at what cost, for whom, and whom to train."""
