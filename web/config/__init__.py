"""What can be set about the service, by whom it was set, and the options of the command line for it."""
