"""Which related blocks a change of the archive can reach."""
