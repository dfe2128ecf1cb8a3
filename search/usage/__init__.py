"""What readers search for and do not find."""
