"""The names of people, places and things in articles."""
