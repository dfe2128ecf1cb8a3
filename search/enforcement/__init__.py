"""What the editors' rules do to a search: to what is looked for, to what is found, and to its order."""
