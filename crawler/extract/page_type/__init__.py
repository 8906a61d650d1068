"""What a captured page is."""

from crawler.extract.page_type.instead import gate_address
from crawler.extract.page_type.judge import judge_kind

__all__ = ["gate_address", "judge_kind"]
