"""Related articles in words: reasons, groups, excerpts."""
