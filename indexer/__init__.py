"""Articles in, index out: sources, the article store, analysis, segments and vector spaces."""
