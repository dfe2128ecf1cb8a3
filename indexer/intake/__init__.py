"""Bringing an archive in step with its sources: what comes in, what is taken out, and what is said of it."""
