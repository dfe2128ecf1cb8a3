"""Sources on the web: pages, sitemaps and feeds, fetched as their publisher allows."""
