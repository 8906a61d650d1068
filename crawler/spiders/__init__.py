"""The spiders; there is one, bound to each site by ``crawler.spider_loader``."""
