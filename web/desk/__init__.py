"""The editors' desk: what readers see, changed before their eyes, for people without a terminal."""
