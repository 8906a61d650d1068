"""Commands that ask the archive."""
