"""What editors decide: the archive's rules file."""
