"""The query language: what people type, as a tree."""
