"""Evaluation: how good the rankings are on a collection whose right answers people have written down."""
