"""Versions: articles filed as versions, captures extracted again, what is known of a site's boilerplate."""
