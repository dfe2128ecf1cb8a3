"""What the API and the pages share: parameters, errors, caching, rendering."""
