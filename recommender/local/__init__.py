"""The archive in a folder of this machine, behind the interface of `recommender.corpus`; nothing else in this package
touches segments."""
