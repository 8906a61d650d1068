"""What sites say about mining: read as it is meant, and binding on the ground it binds."""

from datetime import UTC, datetime

import pytest

from archive.types import Capture, Ground
from crawler.terms import SILENT, HostTerms, Word, forbids, page_word, terms

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
        (page('<meta name="tdm-reservation" content="1">'), True, "meta"),
        (page("<META content='1' name='TDM-Reservation'/>"), True, "meta"),
        (page('<meta name="tdm-reservation" content="0">'), False, "meta"),
        (answer(X_Robots_Tag="noai, noimageai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="legger: noai"), True, "x-robots-tag"),
        (answer(X_Robots_Tag="otherbot: noai"), None, ""),
        (answer(X_Robots_Tag="noindex, noarchive"), None, ""),
        (page('<meta name="robots" content="index, noai">'), True, "robots meta"),
        (page('<meta name="robots" content="max-image-preview:large">'), None, ""),
        (page('<p>&lt;meta name="tdm-reservation" content="1"&gt;</p>'), None, ""),
        (answer("tdm-reservation: 1"), None, ""),
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
    assert (forbids(Word(reserved=True, witness="header"), ground) is not None) is binds
    assert forbids(Word(reserved=False, witness="header"), ground) is None
    assert forbids(None, ground) is None
