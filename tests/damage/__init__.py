"""Damage of every kind in every file of an archive."""
