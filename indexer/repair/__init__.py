"""Repair: what a damaged archive still holds is found, and put together again."""
