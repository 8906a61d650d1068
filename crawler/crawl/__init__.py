"""One crawl run of one site: what to ask next, what an answer comes to, when to ask again."""
