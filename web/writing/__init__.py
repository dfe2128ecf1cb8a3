"""Changes of the archive that come by HTTP: one at a time, on disk before they are answered."""
