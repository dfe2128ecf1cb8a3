"""Who may ask for what: keys, and how often."""
