"""What whoever runs the service sees of it: its log, its metrics, whether it is well."""
