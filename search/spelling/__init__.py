"""Slips of the keyboard: what somebody meant who typed a word that the archive does not have."""
