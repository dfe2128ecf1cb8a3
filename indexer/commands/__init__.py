"""The commands that put articles in and say what is there, a file each."""
