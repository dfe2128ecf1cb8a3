"""What a page says about its article, and what readers see of that."""
