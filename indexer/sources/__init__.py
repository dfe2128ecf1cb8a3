"""A file per format, each turning what it reads into articles."""
