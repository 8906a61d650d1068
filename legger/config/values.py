"""What single values must be.

Each check returns its value, or raises :class:`ValueError` that says what was expected, and never a value
that may be a secret.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from legger.i18n import codes


def valid_line(text: str) -> str:
    """Text as it may stand in a header, a path or a call: one line."""
    if not text.isprintable():
        raise ValueError("expected a single line of text, without control characters")
    return text


def valid_contact(contact: str) -> str:
    """An e-mail address or a web page, trimmed."""
    contact = valid_line(contact.strip())
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://[^\s/]+\.[^\s]+", contact):
        return contact
    raise ValueError(f"expected an e-mail address or the address of a web page, found {contact!r}")


def valid_mailbox(address: str) -> str:
    """An e-mail address, bare."""
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", address):
        raise ValueError(f"expected an e-mail address, found {address!r}")
    return address


def valid_web_address(url: str) -> str:
    """An address of the web that others may be shown."""
    if not re.fullmatch(r"https?://[^\s/]+\S*", url):
        raise ValueError(f"expected an address that begins with https://, found {url!r}")
    return url


def valid_storage(url: str) -> str:
    """A place for objects, as fsspec writes it, without secrets in it."""
    if not re.fullmatch(
        r"[a-z][a-z0-9+]*://[^\s@]+(?: +[^\s@]+)*", url
    ):  # folders may have blanks in their names
        raise ValueError("expected a place such as s3://bucket/folder or file:///folder, without keys in it")
    return url


def valid_hook(url: str, *, secretly: bool) -> str:
    """An address to post to, itself a secret; *secretly*: a secret is sent there, so not in the clear."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        sound = False
    if not sound:
        raise ValueError("expected an address that begins with https://")
    assert parts.hostname is not None
    if secretly and parts.scheme == "http" and not on_this_machine(parts.hostname):
        raise ValueError(f"what is secret would go to {parts.hostname} in the clear; use https://")
    return url


def valid_chat_address(url: str) -> str:
    """An address of Apprise, itself a secret."""
    if "://" not in url or not url.isprintable():
        kind = url.partition(":")[0]
        raise ValueError(
            f"expected an address of Apprise such as ntfy://topic, found one of the kind {kind!r}"
        )
    return url


def valid_host_address(url: str) -> str:
    """The address of a host, over TLS, without a path."""
    if not re.fullmatch(r"https://[^/\s]+/?", url):
        raise ValueError(f"expected a host, such as https://archive.example.org, found {url!r}")
    return url.rstrip("/")


def valid_language(code: str) -> str:
    """A language in which Legger writes."""
    if code not in codes():
        raise ValueError(f"expected one of {', '.join(codes())}, found {code!r}")
    return code


def valid_naan(number: str) -> str:
    """A Name Assigning Authority Number."""
    if not re.fullmatch(r"\d{5,9}", number):
        raise ValueError(f"expected the five digits that the ARK Alliance gave, found {number!r}")
    return number


def on_this_machine(host: str) -> bool:
    """Whether a server is reached without a network."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
