"""Encoding the articles of an archive with a neural model."""
