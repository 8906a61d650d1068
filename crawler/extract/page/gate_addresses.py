"""What the address of a gate is: of a consent or login page, on whatever host. The only definition of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(
    r"^(?:myprivacy|privacy|consent\w*|cookies?|cmp|login|auth|account|accounts|sso|inloggen)\.", re.I
)
_PATH = re.compile(
    r"/(?:consent|cookie-?(?:wall|consent|muur)|privacy-?gate|gdpr|toestemming|log-?in|sign-?in|inloggen|sso|paywall)"
    r"(?:/|$|\?)|callbackurl=",
    re.I,
)


def gate_address(address: str) -> bool:
    """Whether an address is, by its looks, that of a consent or login page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(_HOST.match(parts.hostname or "") or _PATH.search(f"{parts.path}?{parts.query}"))
