"""The legs of a query fused into one ranking."""
