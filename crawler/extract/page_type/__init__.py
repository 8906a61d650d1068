"""What a captured page is."""

from crawler.extract.page_type.instead import gate_address
from crawler.extract.page_type.judge import judge_kind
from crawler.extract.page_type.one_or_many import NO_TEXT

__all__ = ["NO_TEXT", "gate_address", "judge_kind"]
