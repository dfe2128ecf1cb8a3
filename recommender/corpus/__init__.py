"""The archive as the recommender reads it, behind one interface."""
