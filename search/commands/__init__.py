"""The commands that search and tune, a file each."""
