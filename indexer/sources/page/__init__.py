"""Article pages that were saved as plain text, taken apart. Pages saved as HTML are read in `indexer.sources.html`."""
