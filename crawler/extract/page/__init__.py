"""A captured page: decoded, parsed, its metadata and its blocks."""
