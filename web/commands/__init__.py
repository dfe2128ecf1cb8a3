"""The commands that serve and export, a file each."""
