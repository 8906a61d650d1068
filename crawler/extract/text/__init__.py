"""The text of an article: which blocks of a page belong to it."""
