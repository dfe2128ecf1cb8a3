"""HTML pages as publishers have them, one article each."""
