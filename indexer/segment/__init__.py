"""Segments: immutable files of postings, positions and columns, and the manifest that names them."""
