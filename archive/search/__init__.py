"""Search: the query language, the full-text index, and answers to queries."""
