"""Signals of a visit, beside Scrapy's own, for an operator's extensions. Scrapy's are sent as ever."""

filed = object()
"""An answer was filed: ``spider``, ``capture`` (what came) and ``verdict`` (what it came to)."""
