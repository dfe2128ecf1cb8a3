"""The commands about related articles, a file each."""
