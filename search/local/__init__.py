"""The archive in a folder of this machine, behind the interfaces of `search.reader`."""
