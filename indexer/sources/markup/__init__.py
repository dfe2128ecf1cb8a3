"""Markup inside documents: front matter, Markdown, HTML and Liquid tags."""
