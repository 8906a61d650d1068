"""Captures as web archives: WARC files, their index, WACZ."""
