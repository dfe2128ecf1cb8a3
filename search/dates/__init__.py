"""Dates that queries name in words: which period is meant, and what that does to a search."""
