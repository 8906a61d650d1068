"""Which addresses are one page, and which pages one article.

Three facts stay apart: the address as it was found (what is fetched), its normal form (one row in the
list of addresses to fetch), and the article's key (one article in the archive). The key is a rule of the
site; without one it is the address itself, for neither a slug nor a title is an identity.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from archive.model.types import Keys
from crawler.siteconfig.site import Site, ascii_host, bare_host

TRACKING = re.compile(
    r"utm_\w+|[a-z]{1,3}clid|\w{0,10}_?clickid|msclkid|gclsrc|gbraid|wbraid|srsltid|gad_(?:source|campaignid)"
    r"|rdt_cid|mibextid|_openstat|guce_referrer(?:_sig)?|guccounter|epik|sc_cid|__s|wickedid|ml_subscriber(?:_hash)?"
    r"|ns_(?:mchannel|campaign|source|linkname|fee)|fb_(?:action_ids|action_types|source|ref)|_branch_\w+_id"
    r"|li_fat_id|igsh(?:id)?|mkt_tok|mc_[ce]id|_ga|_gl"
    r"|wt_?(?:mc|zmc)\w*|wt\.[a-z_]+|at_(?:medium|campaign|custom\d|ptr_\w+)|(?:pk|mtm|piwik)_(?:campaign|kwd|keyword"
    r"|source|medium|content|cid|group|placement)|hsa_\w+|_hs(?:enc|mi)|hsctatracking|__twitter_impression"
    r"|oly_\w+_id|vero_(?:id|conv)|s_cid|cmpid|ncid|ocid|xtor|ref_?src|ref_url|share_?id|sharetype",
    re.IGNORECASE,
)
"""Query keys that say where a reader came from, never which page it is."""

SESSION = re.compile(
    r"phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|sessionid|session_id|osccsid", re.IGNORECASE
)
"""Query keys that name a visit."""

_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_UNRESERVED = re.compile(r"%([0-9A-Fa-f]{2})")
_SAFE = "/:@!$&'()*+,;=~%-._"


@lru_cache(maxsize=8192)
def normal_address(url: str, site: Site | None = None) -> str:
    """The normal form of an address, itself fit to be fetched; equal for addresses that surely answer alike.

    Removed: fragment, default port, user, tracking and session keys, ``index.html``; scheme and host
    in lower case, ``%7E`` as ``~``, what must be escaped is. Kept as found: http or https, www or not,
    the final slash, the order of query keys. *site* is not needed today; its rules may come to bear.
    Raises :class:`ValueError` for what is no http address.
    """
    for _ in range(_MOST_PASSES):
        normal = _normalized(url)
        if normal == url:
            break
        url = normal  # what one pass uncovers is for the next, so that the normal form is its own
    return url


_MOST_PASSES = 6


def _normalized(url: str) -> str:
    parts = urlsplit(_ONE_SLASH.sub(r"\1//", as_browsers_read(url)))
    scheme = parts.scheme.lower()
    host = _host(parts)
    if scheme not in ("http", "https") or not host:
        raise ValueError(f"{url!r} is no http address")
    default = {"http": 80, "https": 443}[scheme]
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    query = _query(parts.query)
    path = _without_dots(_SESSION_IN_PATH.sub("", _escaped(parts.path)) or "/")
    return urlunsplit((scheme, host + port, path if query else _INDEX.sub("/", path), query, ""))


def as_browsers_read(href: str) -> str:
    """An address as it was written, as browsers read it: no white space around it nor line ends in it, a
    backslash before the query is a slash, and slashes before a host are two."""
    href = _LINE_ENDS.sub("", href.strip(_AROUND))
    if "\\" in href:
        end = min((at for at in (href.find("?"), href.find("#")) if at >= 0), default=len(href))
        href = href[:end].replace("\\", "/") + href[end:]
    return _SLASHES.sub(r"\1//", href, count=1) if "///" in href else href


_SLASHES = re.compile(r"^((?:https?:)?)/{3,}", re.I)
"""Before a host, any number of slashes is two."""
_LINE_ENDS = re.compile(r"[\t\r\n]")
_ONE_SLASH = re.compile(r"^(https?:)/?(?!/)", re.I)
_AROUND = "".join(map(chr, range(0x21)))
"""Spaces and control characters."""


def article_key(site: Site, url: str, canonical: str | None = None) -> str:
    """The identity of the article at *url*, unique within *site*.

    The site's rule first (``identity.pattern``, ``identity.former``, ``identity.query``). Without one: the
    normal address without scheme, ``www.`` and final slash. The page's own *canonical* is a witness that can
    lie (the front page on every article, a copy-pasted neighbour): it is believed only when it stands on the
    site and says the same thing as the address in other words (see :func:`believable`).
    """
    if site.identity.has_pattern:
        for each in (url, canonical):
            if each and (held := site.identity.of(unquote(each))):
                return held
    address = normal_address(url, site)
    if canonical and site.identity.query is None:
        try:
            other = normal_address(canonical, site)
        except ValueError:
            other = address
        if other != address and believable(site, address, other):
            address = other
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if site.identity.query is not None:
        pairs = [(key, value) for key, value in pairs if key in site.identity.query]
    query = "&".join(f"{key}={value}" for key, value in sorted(pairs))
    path = re.sub("//+", "/", parts.path if pairs else _INDEX.sub("/", parts.path)).rstrip("/") or "/"
    return bare_host(parts.netloc) + path + (f"?{query}" if query else "")


def article_keys(site: Site, url: str, canonical: str | None = None) -> Keys:
    """All that the article at *url* may be known by. Which of them it is, its words decide.

    A rule of the site settles it. Without one, the page's canonical address may be believed when the article
    that is known by it has the same words; and what looks like the address of a further page
    (``?page=2``, ``/2/``) may be one of the article at the first.
    """
    own = article_key(site, url, canonical)
    if site.identity.has_pattern or site.identity.query is not None:
        return Keys(own=own)
    address = normal_address(url, site)
    first, page = first_page(address)
    whole = article_key(site, first) if first else None
    try:
        stated = normal_address(canonical, site) if canonical else address
    except ValueError:
        stated = address
    ours, theirs = urlsplit(address), urlsplit(stated)
    if stated == address or not site.owns(stated) or theirs.path in ("", "/"):
        return Keys(own=own, first=whole, page=page)
    if first_page(stated)[0]:
        first, page = first_page(stated)
        return Keys(own=own, first=article_key(site, first or ""), page=page)
    key = article_key(site, stated)
    kept = set(theirs.query.split("&")) - {""}
    alike = page_key(_bare(address)) == page_key(_bare(stated))
    return Keys(
        own=own,
        stated=key if key not in (own, whole) else None,
        without_query=alike and kept < set(ours.query.split("&")),
        first=whole,
        page=page,
    )  # fmt: skip


def _bare(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query=""))


_PAGE_QUERY = re.compile(
    r"(?:^|&)(?:page|paged|pagina|seite|pag|pg|p|pagenum|pagenumber)=(\d{1,3})(?=&|$)", re.IGNORECASE
)
_PAGE_PATH = re.compile(
    r"/(?:(?:page|pagina|seite|pag|p)[/_-]?)?(\d{1,2})/?$"
    r"|[,_-](?:page|pagina|seite|pag|p)[-_]?(\d{1,2})(?=\.\w+$|/?$)",
    re.IGNORECASE,
)


def first_page(url: str) -> tuple[str | None, int]:
    """(address of the first page, number of this one), by the looks of an address; ``(None, 1)`` for one that
    does not look like a further page. Only what stands at the first page can tell whether it is one."""
    parts = urlsplit(url)
    if (hit := _PAGE_QUERY.search(parts.query)) and int(hit[1]) > 1:
        query = (parts.query[: hit.start()] + parts.query[hit.end() :]).strip("&")
        return urlunsplit(parts._replace(query=query)), int(hit[1])
    if not parts.query and (hit := _PAGE_PATH.search(parts.path)) and hit.start() > 0:
        number = int(hit[1] or hit[2])
        if number > 1:
            return urlunsplit(
                parts._replace(path=parts.path[: hit.start()] + parts.path[hit.end() :])
            ), number
    return None, 1


def same_page(one: str, other: str) -> bool:
    """Whether two addresses differ at most in scheme, ``www.``, final slash, index page and tracking."""
    return page_key(one) == page_key(other)


def page_key(url: str) -> str:
    """What is left of an address when everything is removed that does not tell pages apart."""
    parts = urlsplit(normal_address(url))
    path = parts.path.rstrip("/") or "/"
    return bare_host(parts.netloc) + path + (f"?{parts.query}" if parts.query else "")


def believable(site: Site, address: str, canonical: str) -> bool:
    """Whether a page's canonical may stand for the address it was fetched from.

    It may when both share what tells articles apart: the last piece of the path (``/amp`` and ``/print``
    removed) and the numbers in it. Another slug for the same number is not believed: it changes with the
    headline, and the key with it; ``identity.pattern`` is for such sites. A canonical of a page whose
    identity could be in its query is believed only when it repeats that query.
    """
    if not site.owns(canonical):
        return False
    ours, theirs = urlsplit(address), urlsplit(canonical)
    if theirs.path in ("", "/"):
        return False
    if ours.query and parse_qsl(ours.query) != parse_qsl(theirs.query):
        kept = {key for key, _ in parse_qsl(ours.query, keep_blank_values=True)}
        if not kept <= _SHOWN_DIFFERENTLY:
            return False
    return _numbers(ours.path) == _numbers(theirs.path) and _slug(ours.path) == _slug(theirs.path)


_SHOWN_DIFFERENTLY = frozenset({"amp", "outputtype", "view", "print", "format", "lang", "m"})
"""Query keys that change how an article is shown, not which it is."""


def _numbers(path: str) -> frozenset[str]:
    """What could be an article's number: the runs of four digits and more in a path (days among them)."""
    return frozenset(re.findall(r"\d{4,}", path))


def _slug(path: str) -> str:
    pieces = [piece for piece in path.lower().split("/") if piece not in ("", "amp", "print", "index.html")]
    return pieces[-1].removesuffix(".html").removesuffix(".amp") if pieces else ""


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    host = unquote(host) if "%" in host else host
    if not host.isascii():
        try:
            host = ascii_host(host).rstrip(".")
        except UnicodeError as error:
            raise ValueError(f"{host!r} is no host name") from error
    if _NO_HOST.search(host):
        raise ValueError(f"{host!r} is no host name")
    return host


_NO_HOST = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
"""As the URL standard forbids them in the name of a host."""


def _escaped(path: str) -> str:
    """Percent-escapes as RFC 3986 wants them: capitals, and only where one is needed."""

    def plain(hit: re.Match[str]) -> str:
        letter = chr(int(hit[1], 16))
        return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else hit[0].upper()

    return quote(_UNRESERVED.sub(plain, path), safe=_SAFE)


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    pieces = path.split("/")
    for piece in pieces:
        if piece == "..":
            if len(kept) > 1:
                kept.pop()
        elif piece != ".":
            kept.append(piece)
    if pieces[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) or "/"


def _query(query: str) -> str:
    """The query without tracking; the keys that stay keep their order and their escapes."""
    kept = [piece for piece in query.split("&") if piece and not _is_noise(unquote(piece.partition("=")[0]))]
    return quote("&".join(kept), safe=_SAFE + "?")


def _is_noise(key: str) -> bool:
    return bool(TRACKING.fullmatch(key) or SESSION.fullmatch(key))
