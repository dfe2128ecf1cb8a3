"""A query in, ranked hits out: snapshots, the query language, scoring, fusion and highlighting."""
