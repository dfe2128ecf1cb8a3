"""One generation of the index opened for reading."""
