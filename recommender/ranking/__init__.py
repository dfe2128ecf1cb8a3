"""Which articles are related, and in what order."""
