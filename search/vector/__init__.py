"""The vector legs: the docs nearest to a vector."""
