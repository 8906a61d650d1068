"""Questions to the archive: articles, lists, related stories."""
