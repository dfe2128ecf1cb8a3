"""The archive as the recommender reads it; nothing else in this package touches segments."""
