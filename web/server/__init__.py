"""The processes that answer: started, replaced and ended by gunicorn, each with waitress's loop over its connections."""
