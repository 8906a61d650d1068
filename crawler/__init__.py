"""The crawler knows the web: from a site to an article.

A :class:`~crawler.siteconfig.site.Site` names feeds, sitemaps and listings; ``discover`` turns them into
links; the one spider asks for what is due and hands each answer, a capture, to ``ingest``, which keeps it
first, then reads it (``extract``, ``normalize``) and files the article in the archive.
"""
