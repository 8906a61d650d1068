"""One crawl run of one site: what to ask next, what follows from an answer, when to ask again."""
