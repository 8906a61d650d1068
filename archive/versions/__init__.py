"""Versions: extracted articles filed as versions, captures extracted again, what a site's boilerplate is known to be."""
