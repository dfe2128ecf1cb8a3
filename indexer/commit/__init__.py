"""Making new segments part of the index, merging them, and taking away what is left over."""
