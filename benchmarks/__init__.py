"""This project and its peers side by side, on the same articles, in one run: see README.md."""
