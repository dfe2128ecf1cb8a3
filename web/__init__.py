"""The Flask application: JSON for search and related, and pages for readers."""
