"""The BM25 leg: which docs a query tree matches and what they score."""
