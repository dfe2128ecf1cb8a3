"""The processes that answer: gunicorn starts, replaces and ends them, and each runs waitress's loop."""
