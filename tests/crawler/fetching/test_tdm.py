"""What sites say about mining: read as it is meant, and binding on the ground it binds."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.model.types import Capture, Ground
from crawler.fetching.robots import Permission
from crawler.fetching.tdm import (
    MOST_RULES,
    SILENT,
    HostTerms,
    MiningStatement,
    PathPattern,
    forbids,
    page_word,
    terms,
)

PAGE = "https://dorp.example/nieuws/1"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def answer(body: str = "<html><head></head>", *, status: int = 200, **headers: str) -> Capture:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Capture(site="dorp", url=PAGE, at=NOW, status=status, headers=lines, body=body.encode())


def page(*metas: str) -> Capture:
    return answer(f"<!DOCTYPE html><html><head>{''.join(metas)}</head><body><p>Nieuws</p></body></html>")


@pytest.mark.parametrize(
    ("capture", "reserved", "witness"),
    [
        (page(), None, ""),
        (answer(tdm_reservation="1"), True, "header"),
        (answer(TDM_Reservation="0"), False, "header"),
        (answer(tdm_reservation="perhaps"), None, ""),
        (answer(tdm_reservation='"1"'), True, "header"),
        (answer(tdm_reservation="true"), True, "header"),
        (answer(tdm_reservation="1; policy=https://dorp.example/tdm"), True, "header"),
        (page("<!-- <meta name='tdm-reservation' content='1'> -->"), None, ""),
        (page("<!--[if IE]><meta name=robots content=noai><![endif]-->"), None, ""),
        (page('<meta name="tdm-reservation" content="1">'), True, "meta"),
        (page("<META content='1' name='TDM-Reservation'/>"), True, "meta"),
        (page('<meta name="tdm-reservation" content="0">'), False, "meta"),
        (answer(X_Robots_Tag="noai, noimageai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="legger: noai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="otherbot: noai"), None, ""),
        (answer(X_Robots_Tag="noindex, noarchive"), None, ""),
        (answer(X_Robots_Tag="unavailable_after: 25 Jun 2030 15:00:00 GMT, noai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="unavailable_after: Tue, 25-Jun-30 15:00:00 GMT, noai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="max-video-preview: -1, NoAI"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="noai, otherbot: nofollow"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="noindex, legger: noai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="otherbot: noindex, Legger/1.0: noai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="otherbot: noindex, noai"), None, ""),
        (answer(X_Robots_Tag="legger: noindex, otherbot: noai"), None, ""),
        (page("<meta name=robots content=index>", "<meta name=ROBOTS content=noai>"), True, "robots meta"),
        (answer(tdm_reservation="0", TDM_RESERVATION="1"), True, "header"),
        (answer(tdm_reservation="1, 1"), True, "header"),
        (page('<meta property="tdm-reservation" content="1">'), True, "meta"),
        (answer(Content_Usage="search=y;train-ai=n"), True, "content-usage"),
        (page('<meta name="robots" content="index, noai">'), True, "robots meta"),
        (page('<meta name="robots" content="max-image-preview:large">'), None, ""),
        (page('<p>&lt;meta name="tdm-reservation" content="1"&gt;</p>'), None, ""),
        (answer("tdm-reservation: 1"), None, ""),
        (answer(Content_Usage="train-ai=n"), True, "content-usage"),
        (answer(Content_Usage="search=y, train-ai=n"), True, "content-usage"),
        (answer(Content_Usage="train-ai=y"), False, "content-usage"),
        (answer(Content_Usage="search=n"), None, ""),
        (answer(Content_Signal="search=yes, ai-train=no"), True, "content-signal"),
        (answer(Content_Signal="ai-input=no"), None, ""),
        (answer(Content_Usage="train-ai=y", Content_Signal="ai-train=no"), True, "content-signal"),
        (answer(tdm_reservation="0", Content_Usage="train-ai=n"), False, "header"),
    ],
)
def test_what_a_page_says_of_itself(capture: Capture, reserved: bool | None, witness: str) -> None:
    word, _ = page_word(capture)
    assert (word.reserved if word else None) is reserved
    assert (word.witness if word else "") == witness


def test_a_policy_and_robots_words_are_kept_as_they_stood() -> None:
    said = terms(
        answer(tdm_reservation="1", tdm_policy="https://dorp.example/tdm.json", X_Robots_Tag="noarchive"),
        robots="allowed",
        host=SILENT,
        ground=Ground.RESEARCH,
    )
    assert (said.policy, said.said, said.ground) == (
        "https://dorp.example/tdm.json",
        "noarchive",
        Ground.RESEARCH,
    )


TDMREP = """[
    {"location": "/nieuws/vrij/*", "tdm-reservation": 0},
    {"location": "/nieuws/", "tdm-reservation": 1, "tdm-policy": "https://dorp.example/p.json"},
    {"location": "*.pdf$", "tdm-reservation": 1}
]"""


@pytest.mark.parametrize(
    ("path", "reserved"),
    [
        ("/nieuws/1", True),
        ("/nieuws/vrij/1", False),
        ("/contact", None),
        ("/gids.pdf", True),
        ("/gids.pdf?x=1", None),
    ],
)
def test_the_first_location_of_tdmrep_json_that_fits_counts(path: str, reserved: bool | None) -> None:
    word = HostTerms.of(answer(TDMREP), None).word(f"https://dorp.example{path}")
    assert (word.reserved if word else None) is reserved


@pytest.mark.parametrize(
    ("text", "reserved"),
    [
        ("User-Agent: *\nDisallow: /", True),
        ("User-Agent: *\nDisallow: *.txt\nAllow: *.jpg", True),
        ("User-Agent: *\nDisallow: *.jpg\nAllow: *.txt", None),
        ("USER-AGENT: *\nDISALLOW: *.pdf\nDISALLOW: *.html", True),
        ("User-Agent: otherbot\nDisallow: /", None),
        ("User-Agent: *\nDisallow:", None),
        ("<html><body>Niet gevonden</body></html>", None),
        ("", None),
    ],
)
def test_ai_txt_speaks_of_text_by_its_media_type(text: str, reserved: bool | None) -> None:
    word = HostTerms.of(None, answer(text)).word(PAGE)
    assert (word.reserved if word else None) is reserved


@pytest.mark.parametrize(
    "body",
    [
        '{"location": "/", "tdm-reservation": 1}',
        '[{"location": "/", "tdm-reservation": 1},]',
        '[{"location": "/", "tdm-reservation": true}]',
        '[{"location": "/", "tdm-reservation": 1.0}]',
        '[{"location": "/", "tdm-reservation": "yes"}]',
        '[{"location": "/", "tdm_reservation": 1}]',
        '{"tdmrep": [{"location": "/", "tdm-reservation": 1}]}',
        '// see https://dorp.example/tdm\n[{"location": "/", /* all */ "tdm-reservation": 1}]',
        '[{"location": "nieuws/*", "tdm-reservation": "1"}]',
        '[{"location": "https://dorp.example/nieuws", "tdm-reservation": 1}]',
        '[{"Location": "/", "TDM-Reservation": 1}]',
        '[{"location": ["/winkel/", "/nieuws/"], "tdm-reservation": 1}]',
        b'\xef\xbb\xbf[{"location": "/", "tdm-reservation": 1}]',
        '[{"location": "/", "tdm-reservation": 1}]'.encode("utf-16"),
    ],
    ids=[
        "no list",
        "a comma too many",
        "true",
        "a number with a point",
        "yes",
        "an underscore",
        "under a name",
        "comments",
        "no slash",
        "with its host",
        "capitals",
        "several locations",
        "a mark first",
        "UTF-16",
    ],
)
def test_a_tdmrep_json_is_read_however_it_is_written(body: str | bytes) -> None:
    said = body if isinstance(body, bytes) else body.encode()
    capture = Capture(
        site="dorp", url="https://dorp.example/.well-known/tdmrep.json", at=NOW, status=200, body=said
    )
    word = HostTerms.of(capture, None).word("https://dorp.example/nieuws/1")
    assert word is not None
    assert word.reserved


@pytest.mark.parametrize(
    "body", ["", "{}", "[1]", "<html>", '[{"location": 3}]', '[{"location": "/"}]', "\ufffd"]
)
def test_a_file_that_is_none_says_nothing(body: str) -> None:
    assert HostTerms.of(answer(body), answer(body)).word(PAGE) is None
    assert HostTerms.of(answer(TDMREP, status=404), None).word(PAGE) is None


def test_a_page_s_own_word_wins_over_its_host_s() -> None:
    host = HostTerms.of(answer(TDMREP), None)
    said = terms(answer(tdm_reservation="0"), robots="allowed", host=host, ground=Ground.GENERAL)
    assert (said.reserved, said.witness) == (False, "header")
    assert terms(page(), robots="allowed", host=host, ground=Ground.GENERAL).witness == "tdmrep.json"


@pytest.mark.parametrize(
    ("ground", "binds"), [(Ground.GENERAL, True), (Ground.RESEARCH, False), (Ground.PERMISSION, False)]
)
def test_a_reservation_binds_who_has_no_other_ground(ground: Ground, binds: bool) -> None:
    assert (forbids(MiningStatement(reserved=True, witness="header"), ground) is not None) is binds
    assert forbids(MiningStatement(reserved=False, witness="header"), ground) is None
    assert forbids(None, ground) is None


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/nieuws/", "/nieuws/1", True),
        ("/nieuws/", "/sport/nieuws/1", False),
        ("/nieuws$", "/nieuws", True),
        ("/nieuws$", "/nieuws/1", False),
        ("*.pdf$", "/gids.pdf", True),
        ("*.pdf$", "/gids.pdf?x=1", False),
        ("/a*b*a$", "/a-b-a", True),
        ("/a*b*a$", "/ab", False),
        ("/aa*a$", "/aa", False),  # one letter is not two pieces
        ("/*/*/", "/jaar/maand/dag", True),
        ("/**x", "/nieuws/x", True),
        ("*", "/", True),
        ("$", "/", False),
        ("/a.c", "/abc", False),  # no regular expression
        ("/vrij%20e*", "/vrij e-books", True),
        ("/a%2Ab", "/a*b", True),
        ("/a%2Ab", "/acb", False),
    ],
)
def test_a_pattern_of_addresses_means_what_it_means_in_robots_txt(
    pattern: str, path: str, fits: bool
) -> None:
    assert PathPattern(pattern).matches(path) is fits


class Counted(str):
    """An address that counts how often it is searched."""

    searches = 0

    def find(self, *args: Any) -> int:
        Counted.searches += 1
        return str.find(self, *args)


@pytest.mark.parametrize("stars", [10, 20, 40])
def test_a_pattern_with_many_stars_searches_an_address_once_for_each(stars: int) -> None:
    Counted.searches = 0
    assert not PathPattern("/" + "*a" * stars + "b$").matches(Counted("/" + "a" * 2000))
    assert Counted.searches <= stars


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("tdmrep.json", '[{"location": "/%sb$", "tdm-reservation": 1}]' % ("*a" * 40)),
        ("ai.txt", "User-agent: *\nDisallow: /%sb$" % ("*a" * 40)),
    ],
)
def test_a_stranger_s_pattern_costs_no_more_on_a_long_address_than_its_length(name: str, body: str) -> None:
    """With regular expressions either would go on for longer than the universe has stood."""
    host = HostTerms.of(answer(body), None) if name == "tdmrep.json" else HostTerms.of(None, answer(body))
    assert host.word("https://dorp.example/" + "a" * 1900) is None


def test_a_pattern_of_robots_txt_costs_no_more_on_a_long_address_than_its_length() -> None:
    rules = Permission.of(answer("User-agent: *\nDisallow: /%sb$" % ("*a" * 40)))
    assert rules.refuses("https://dorp.example/" + "a" * 1900) is None


def test_only_the_first_rules_of_an_endless_tdmrep_json_are_held_against_every_address() -> None:
    rules = [{"location": f"/{n}/", "tdm-reservation": 1} for n in range(MOST_RULES + 1)]
    assert len(HostTerms.of(answer(json.dumps(rules)), None).rules) == MOST_RULES


# ---------------------------------------------------------------- Content-Usage, Content-Signal, RSL


def said_by(robots: str, url: str = PAGE, licence: str | None = None) -> MiningStatement | None:
    read = answer(licence) if licence is not None else None
    return HostTerms.of(None, None, robots=answer(robots), licence=read).word(url)


@pytest.mark.parametrize(
    ("robots", "reserved", "witness"),
    [
        ("User-agent: *\nAllow: /\nContent-Usage: train-ai=n", True, "content-usage"),
        ("User-agent: *\nContent-usage: train-ai=y", False, "content-usage"),
        ("User-agent: *\nContent-Usage: /vrij/ train-ai=n", None, ""),
        (
            "User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /nieuws/ train-ai=y",
            False,
            "content-usage",
        ),
        ("User-agent: *\nContent-Usage: *1$ train-ai=n", True, "content-usage"),
        ("User-Agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /", True, "content-signal"),
        ("Content-Signal: ai-train=no\n\nUser-agent: *\nAllow: /", True, "content-signal"),
        ("User-agent: other\nContent-Signal: ai-train=no\n\nUser-agent: *\nAllow: /", None, ""),
        ("User-agent: other\nUser-agent: *\nContent-Signal: ai-train=no", True, "content-signal"),
        ("User-agent: legger\nAllow: /\n\nUser-agent: *\nContent-Signal: ai-train=no", None, ""),
        ("User-agent: Legger\nContent-Signal: ai-train=no", True, "content-signal"),
        ("# Content-Signal: ai-train=no\nUser-agent: *\nAllow: /", None, ""),
        ("User-agent: *\nContent-Signal: ai-train=perhaps", None, ""),
        ("User-agent: *\nContent-Signal: search=yes; ai-train=no", True, "content-signal"),
        ("USER-AGENT: *\nCONTENT-SIGNAL:\tSearch = YES,AI-Train = NO # voor ons", True, "content-signal"),
        (
            "User-agent: *\nDisallow: /x\n\nUser-agent: other\nDisallow: /\n\nUser-agent: *\n"
            "Content-Signal: ai-train=no",
            True,
            "content-signal",
        ),
        ("User-agent: *\nContent-Usage: /nieuws/\ttrain-ai=n", True, "content-usage"),
        ("User-agent: *\nContent-Usage: train-ai=y\nContent-Signal: ai-train=no", True, "content-signal"),
    ],
)
def test_what_robots_txt_says_of_training(robots: str, reserved: bool | None, witness: str) -> None:
    word = said_by(robots)
    assert (word.reserved if word else None, word.witness if word else "") == (reserved, witness)


def rsl(*licences: str, url: str = "/") -> str:
    offered = "".join(f"<license>{each}</license>" for each in licences)
    return f'<rsl xmlns="https://rslstandard.org/rsl"><content url="{url}">{offered}</content></rsl>'


@pytest.mark.parametrize(
    ("licence", "reserved"),
    [
        (rsl('<prohibits type="usage">ai-train</prohibits>'), True),
        (rsl('<prohibits type="usage">all</prohibits>'), True),
        (rsl('<permits type="usage">search</permits>'), True),
        (rsl('<permits type="usage">train-ai</permits><payment type="subscription"/>'), True),
        (rsl('<permits type="usage">ai-all</permits><payment type="free"/>'), False),
        (rsl('<permits type="usage">all</permits>'), False),
        (rsl('<permits type="user">education</permits>'), False),
        (rsl('<payment type="crawl"/>', '<permits type="usage">ai-train</permits>'), False),
        (rsl('<prohibits type="usage">ai-train</prohibits>', url="https://dorp.example/nieuws/*"), True),
        (rsl('<prohibits type="usage">ai-train</prohibits>', url="/sport/"), None),
        (rsl('<prohibits type="USAGE">AI-Train</prohibits>'), True),
        (rsl('<prohibits type="usage">all</prohibits>', url="https://www.dorp.example/*"), True),
        (rsl('<prohibits type="usage">all</prohibits>', url="https://stad.example/*"), None),
        ("<html><body>Niet gevonden</body></html>", None),
        ("<rsl><content", None),
        ("", None),
        (None, None),
    ],
)
def test_what_a_licence_says_of_training(licence: str | None, reserved: bool | None) -> None:
    word = said_by("License: https://dorp.example/rsl.xml\nUser-agent: *\nAllow: /", licence=licence)
    assert (word.reserved if word else None) is reserved
    if word is not None:
        assert (word.witness, word.policy) == ("rsl", "https://dorp.example/rsl.xml")


RSL_LINK = '<link rel="license" type="application/rsl+xml" href="/rsl.xml">'


@pytest.mark.parametrize(
    ("capture", "said"),
    [
        (
            answer(Link='</rsl.xml>; rel="license"; type="application/rsl+xml"'),
            "license: https://dorp.example/rsl.xml",
        ),
        (page(RSL_LINK), "license: https://dorp.example/rsl.xml"),
        (page('<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">'), ""),
        (answer(Content_Usage="search=n"), "content-usage: search=n"),
    ],
)
def test_a_licence_that_was_not_read_and_other_uses_are_kept_and_nothing_is_guessed(
    capture: Capture, said: str
) -> None:
    found = terms(capture, robots="allowed", host=SILENT, ground=Ground.GENERAL)
    assert (found.reserved, found.said) == (None, said)


def test_what_robots_txt_says_is_kept_with_each_answer_as_it_stood() -> None:
    host = HostTerms.of(
        None,
        None,
        robots=answer(
            "User-agent: *\nContent-Signal: ai-train=no, search=yes\nLicense: https://x.example/rsl"
        ),
    )
    found = terms(answer(), robots="allowed", host=host, ground=Ground.RESEARCH)
    assert (found.reserved, found.policy) == (True, "https://x.example/rsl")
    assert found.said == "content-signal: ai-train=no, search=yes; license: https://x.example/rsl"
    assert forbids(found, Ground.RESEARCH) is None
    assert forbids(found, Ground.GENERAL) == "text and data mining is reserved (content-signal)"


@pytest.mark.parametrize(
    ("line", "reserved"),
    [
        ("DisallowAITraining: /", True),
        ("DisallowAITraining: nieuws/", True),
        ("DisallowAITraining: /winkel/", None),
        ("DisallowAITraining:", None),
        ("AllowAITraining: /", False),
    ],
)
def test_a_line_on_training_in_robots_txt_is_read(line: str, reserved: bool | None) -> None:
    host = HostTerms.of(None, None, robots=answer(f"User-agent: *\n{line}"))
    word = host.word(PAGE)
    assert (word.reserved if word else None) is reserved
