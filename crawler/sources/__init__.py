"""Feeds, sitemaps and their like: the links they name, however untidy their bytes are."""
