"""What a captured page is."""

from crawler.extract.page_type.judge import judge_kind

__all__ = ["judge_kind"]
