"""The text of the article on a page, without what stands around it."""
