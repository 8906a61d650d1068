"""One archive in PostgreSQL, crawled by many machines: visits as jobs of a queue that workers take from."""
