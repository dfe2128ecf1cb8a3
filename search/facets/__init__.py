"""Facets: what the articles that a query finds have in their columns, and how many of them have each value."""
