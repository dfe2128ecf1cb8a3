"""What a query is searched as where its words may be meant, written or found otherwise than they were typed."""
