"""What a hit shows of its article: the best passage, the query's words marked."""
