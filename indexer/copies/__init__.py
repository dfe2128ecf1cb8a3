"""Copies: the same text in several articles, on sister sites or twice on one, found without comparing all pairs."""
