"""An article in, what to read next out: related articles, reasons and groups."""
