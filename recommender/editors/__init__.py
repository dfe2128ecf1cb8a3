"""The editors' rules carried out over related articles."""
