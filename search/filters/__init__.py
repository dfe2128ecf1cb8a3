"""The filter language: which articles an answer may have at all, as a text or as data, read into one kind of tree."""
