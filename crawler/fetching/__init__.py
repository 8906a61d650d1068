"""Fetching: the download handler, single fetches, robots.txt and what a site says of mining."""
