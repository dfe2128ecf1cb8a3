"""The static export."""
