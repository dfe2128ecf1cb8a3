"""The parts of an article page of a news network that was saved as text."""
