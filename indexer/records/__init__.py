"""How an article stands in the database: what its row must hold, and how a damaged one is told and mended."""
