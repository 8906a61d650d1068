"""Redactions: what is hidden is hidden everywhere, what is destroyed is nowhere, and the record says so."""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from archive import Archive, Capture, NotFound, Status
from archive.annotations import Annotations, Note
from archive.captures import compression, headers
from archive.db.schema import bodies
from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.jsonl import lines
from archive.model.addresses import Link
from archive.operations.health_issue import HealthIssue
from tests.archive.newsroom import Filer, article, capture, day

SECRET = "Piet Verdachte"
DECISION = {"ground": "GDPR art. 17", "reason": "acquitted", "who": "the archivist"}
FURNITURE = "".join(f"<li class='menu-{number}'>{number * 7919 % 1000}</li>" for number in range(400))


def _page(words: str) -> bytes:
    return f"<ul>{FURNITURE}</ul><p>{words}</p>".encode()


def _story(archive: Archive, others: int = 4) -> None:
    """An article with two versions, whose first page is the template the others are packed with."""
    desk = Filer(archive)
    archive.urls.found("krant", [Link(url="https://krant.example/1", title=SECRET)], at=day(0))
    for at, words in enumerate([f"{SECRET} is aangehouden.", f"{SECRET} is vrij."]):
        seen = article(words, title=f"{SECRET} opgepakt", tags=(SECRET,))
        verdict = desk.see(seen, day(at), body=_page(words))
        archive.urls.visited(
            "krant", "https://krant.example/1", at=day(at), due_at=day(2), status=200, verdict=verdict
        )
    for number in range(2, others + 2):
        url = f"https://krant.example/{number}"
        desk.see(
            article(f"Ander nieuws {number}."), day(1), key=str(number), url=url, body=_page(str(number))
        )
    archive.commit()


def test_a_redacted_article_is_hidden_from_every_answer_and_keeps_its_place(archive: Archive) -> None:
    _story(archive)
    hashes = [version.content_hash for version in archive.articles.history("1")]
    tombstone = archive.redactions.redact("https://krant.example/1", at=day(3), **DECISION)
    assert (tombstone.article, tombstone.ground, tombstone.contents) == (1, "GDPR art. 17", tuple(hashes))
    assert set(tombstone.pages) == {each.digest for each in archive.articles.sightings("1")}
    exported = b"".join(lines(archive, RowChoice(versions="all")))
    for shown in (
        exported.decode(),
        str(archive.articles.history("1")),
        str(list(archive.articles.all())),
        str(archive.articles.fields("1")),
        str(archive.articles.cite("1")),
        str([kept.capture.body for kept in archive.captures.walk()]),
    ):
        assert SECRET not in shown
    rows = [json.loads(line) for line in exported.splitlines()]
    assert [(row["redacted"], row["content_hash"]) for row in rows[:2]] == [(True, each) for each in hashes]
    with pytest.raises(NotFound, match="redacted"):
        archive.articles.body(archive.articles.sightings("1")[0].id)
    assert len(list(archive.articles.article_captures("krant", latest=9))) == 4, (
        "and nothing is learned from it"
    )
    assert [address.url for address in archive.urls.due("krant", now=day(9), limit=9)] == []


def test_a_redaction_can_be_taken_back_and_stays_on_record(archive: Archive) -> None:
    _story(archive)
    archive.redactions.redact("1", at=day(3), **DECISION)
    with pytest.raises(UsageError, match="already"):
        archive.redactions.redact("1", at=day(4), **DECISION)
    assert archive.redactions.lift("1", at=day(5)).lifted_at == day(5)
    assert SECRET in archive.articles.version("1").article.text
    assert archive.articles.version("1").status is Status.LIVE
    assert [each.lifted_at for each in archive.redactions.all()] == [day(5)]
    with pytest.raises(NotFound, match="not redacted"):
        archive.redactions.lift("1", at=day(6))


def test_a_redaction_needs_a_ground_and_a_destruction_a_redaction(archive: Archive) -> None:
    _story(archive)
    with pytest.raises(UsageError, match="ground"):
        archive.redactions.redact("1", at=day(3), ground=" ", reason="asked", who="me")
    with pytest.raises(NotFound, match="not redacted"):
        archive.redactions.destroy("1", at=day(3))


@pytest.mark.parametrize("others", [4, 30], ids=["packed with each other", "packed with a dictionary"])
def test_what_is_destroyed_is_nowhere_in_the_file_and_nothing_else_is_lost(
    tmp_path: Path, others: int
) -> None:
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        _story(archive, others)
        archive.recompression.compact("krant")
        archive.redactions.redact("1", at=day(3), **DECISION)
        destroyed = archive.redactions.destroy("1", at=day(4))
        assert destroyed.destroyed_at == day(4)
        assert archive.integrity.verify() == []
        pages = [kept.capture.body for kept in archive.captures.walk()]
        assert pages == [b"", b"", *(_page(str(number)) for number in range(2, others + 2))]
        archive.redactions.lift("1", at=day(5))
        assert archive.articles.version("1").article.text == ""
        with archive.snapshot() as connection:
            numbers = connection.exec_driver_sql("SELECT id FROM bodies").scalars().all()
            kept = b"".join(_unpacked(archive, number) for number in numbers)
    assert SECRET.encode() not in kept
    for file in tmp_path.iterdir():
        assert SECRET.encode() not in file.read_bytes(), file


SLUG = "piet-verdachte-aangehouden-in-oost"
TITLE = "Piet Verdachte & zoon aangehouden in Oost"
STORY = f"https://krant.example/nieuws/{SLUG}/"
OTHER = "https://krant.example/nieuws/markt-gaat-door-in-weer-en-wind/"
NAMED = (SLUG, TITLE, "Verdachte &amp; zoon aangehouden", "Piet Verdachte \\u0026 zoon")
"""The words that name it, as they may stand somewhere."""


def _told(archive: Archive) -> dict[str, int]:
    """A site that names an article in a feed, a packed sitemap, a listing, a redirect and another page."""
    desk = Filer(archive)
    link = f'<a href="{STORY}">{escape(TITLE)}</a>'
    sources: dict[str, tuple[str, bytes]] = {
        "feed": ("feed/", f"<rss><item><title>{escape(TITLE)}</title><link>{STORY}</link>".encode()),
        "sitemap": ("sitemap.xml.gz", gzip.compress(f"<urlset><url><loc>{STORY}</loc>".encode(), mtime=0)),
        "listing": ("", f"<main>{link}<p>En verder het weer.</p></main>".encode()),
        "script": ("api.json", json.dumps({"title": TITLE, "url": STORY}).replace("/", "\\/").encode()),
    }
    kept = {
        name: archive.captures.keep(capture(f"https://krant.example/{path}", at=day(0), body=body)).id
        for name, (path, body) in sources.items()
    }
    kept["redirect"] = archive.captures.keep(
        Capture(site="krant", url="https://krant.example/?p=71", at=day(0), status=301,
                headers=(("Location", STORY),), request_headers=(("Referer", STORY),))
    ).id  # fmt: skip
    archive.urls.found("krant", [Link(url=STORY, title=TITLE, found_on="https://krant.example/")], at=day(0))
    told = article("Hij is aangehouden.", title=TITLE, url=STORY, canonical_url=STORY)
    verdict = desk.see(
        told, day(0), key="71", url=STORY,
        body=f"<h1>{TITLE}</h1><p>Hij is aangehouden.</p>".encode(), via="https://krant.example/?p=71",
    )  # fmt: skip
    archive.urls.visited("krant", STORY, at=day(0), due_at=day(1), status=200, verdict=verdict)
    elsewhere = "https://krant.example/foto/2/"
    archive.urls.found("krant", [Link(url=elsewhere, title=f"Foto bij {TITLE}", found_on=STORY)], at=day(0))
    desk.see(
        article("De markt gaat door.", title="Markt gaat door", url=OTHER), day(0), key="72", url=OTHER,
        body=f"<p>De markt gaat door.</p><aside>{link}</aside>".encode(),
    )  # fmt: skip
    kept["other"] = len(kept) + 2
    archive.commit()
    return kept


def _is_told(shown: str) -> list[str]:
    return [words for words in NAMED if words.casefold() in shown.casefold()]


def test_what_names_a_hidden_article_is_shown_by_no_source_and_comes_back_when_it_is_lifted(
    archive: Archive, tmp_path: Path
) -> None:
    kept = _told(archive)
    before = {name: archive.captures.get(number).capture for name, number in kept.items()}
    archive.redactions.redact(STORY, at=day(1), **DECISION)
    for name, number in kept.items():
        shown = archive.captures.get(number)
        body = gzip.decompress(shown.capture.body) if name == "sitemap" else shown.capture.body
        assert not _is_told(f"{replace(shown.capture, body=body)} {body.decode()}"), name
        assert shown.masked, name
    assert b"En verder het weer." in archive.articles.body(kept["listing"])
    assert not _is_told(str(list(archive.coverage.missed("krant"))))
    assert not _is_told(str([str(each.capture.body) for each in archive.captures.walk()]))
    with archive.snapshot() as connection:
        for view in ("all_captures", "current_articles", "all_versions", "disappearances"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {view}").all()
            assert not _is_told(str(rows)), view
    pytest.importorskip("warcio")
    from archive.export.web_archives.warc import Chosen, export_warc

    done = export_warc(archive, tmp_path / "warc", Chosen(site="krant"), packed=False)
    assert done.withheld == 1
    for file in (tmp_path / "warc").iterdir():
        assert not _is_told(file.read_bytes().decode("utf-8", "replace")), file
    archive.urls.bring_forward("krant", STORY, at=day(2))
    assert STORY not in {each.url for each in archive.urls.due("krant", now=day(9), limit=9)}, "nor asked for"
    archive.redactions.lift(STORY, at=day(3))
    assert {name: archive.captures.get(number).capture for name, number in kept.items()} == before


def test_what_names_a_destroyed_article_is_in_no_table_body_header_or_note(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    notes = Annotations.beside(str(path))
    with Archive.open(path) as archive:
        kept = _told(archive)
        wrong = HealthIssue(kind="reading", subject=STORY, since=day(0), says=f"see {STORY}")
        archive.alarms.raise_alarms("krant", [wrong], now=day(0))
        notes.note(archive.articles.version(STORY), f"{TITLE}: bellen", at=day(0))
        notes.note(archive.articles.version(OTHER), f"Zie ook {SLUG}", at=day(0))
        archive.index.update()
        head = archive.integrity.head()
        archive.redactions.redact(STORY, at=day(1), **DECISION)
        notes.destroy(1, archive.redactions.words(STORY).masked)
        archive.redactions.destroy(STORY, at=day(2))
        assert archive.integrity.verify(head=head) == [], "the chain goes through what was written down"
        assert b"En verder het weer." in archive.articles.body(kept["listing"])
        assert archive.articles.version(OTHER).article.text == "De markt gaat door."
        with archive.snapshot() as connection:
            for table in inspect(connection).get_table_names():
                rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()
                assert not _is_told(str(rows)), table
            for row in connection.exec_driver_sql("SELECT id, headers, dictionary_id FROM captures"):
                dictionary = headers.load_dictionary(connection, row.dictionary_id)
                assert not _is_told(str(headers.unpack_heads(row.headers, dictionary))), row.id
            numbers = connection.exec_driver_sql("SELECT id FROM bodies").scalars().all()
            for number in numbers:
                body = compression.load(connection, number)
                body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
                assert not _is_told(body.decode()), number
        assert archive.articles.find(STORY) == 1, "it is known by its address all the same"
        links = [Link(url=STORY, title=TITLE), Link(url="https://krant.example/nieuw/", title="Nieuw")]
        assert archive.urls.found("krant", links, at=day(3)) == 1, "and is not heard of as new"
        again = Filer(archive).see(article("Hij is vrij.", title=TITLE), day(4), key="71", url=STORY)
        assert again.article == 1
        assert archive.articles.version("1").redacted, "nor filed as another article"
        assert [each.notes for each in notes.read().articles.values()] == [
            (Note(at=day(0), text="(redacted)"),), (Note(at=day(0), text="Zie ook (redacted)"),)
        ]  # fmt: skip


def test_rows_that_are_changed_after_words_were_destroyed_are_found_by_verify(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        _told(archive)
        archive.redactions.redact(STORY, at=day(1), **DECISION)
        archive.redactions.destroy(STORY, at=day(2))
        assert archive.integrity.verify() == []
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE captures SET status = 404 WHERE id = 1")
    with Archive.open(path) as archive:
        assert any("seal" in each.what for each in archive.integrity.verify())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE captures SET status = 200 WHERE id = 1")
        other.execute("UPDATE bodies SET codec = 'masked' WHERE codec != 'masked'")
    with Archive.open(path) as archive:
        assert any("no redaction says so" in each.what for each in archive.integrity.verify())


def _unpacked(archive: Archive, number: int) -> bytes:
    from archive.captures import compression

    with archive.snapshot() as connection:
        return compression.load(connection, number)


def test_a_page_that_another_article_shows_too_is_not_destroyed(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(article("Een."), day(0), body=b"<p>same</p>")
    desk.see(article("Twee."), day(0), key="2", url="https://krant.example/2", body=b"<p>same</p>")
    archive.redactions.redact("1", at=day(1), **DECISION)
    archive.redactions.destroy("1", at=day(1))
    assert archive.articles.body(2) == b"<p>same</p>"
    archive.captures.keep(capture("https://krant.example/3"))


def test_a_page_of_a_batch_that_was_taken_back_is_destroyed_too(archive: Archive) -> None:
    """Where batches run side by side, its body was committed before."""
    _story(archive)
    page = _page(f"{SECRET} lacht.")
    with pytest.raises(ZeroDivisionError), archive.session.writing("krant"):
        archive.captures.keep(capture(at=day(2), body=page))
        raise ZeroDivisionError
    archive.redactions.redact("https://krant.example/1", at=day(3), **DECISION)
    archive.redactions.destroy("https://krant.example/1", at=day(3))
    digest = hashlib.sha256(page).digest()
    with archive.snapshot() as connection:
        assert connection.execute(select(bodies.c.id).where(bodies.c.digest == digest)).all() == []


TEXT = (
    "De rechter sprak de verdachte vrij van alles wat hem ten laste was gelegd, zo bleek na afloop. "
    "Volgens zijn raadsman had het nooit tot een zaak mogen komen, want er was geen bewijs voor wat de buren "
    "hadden gezegd over die avond in maart. De officier gaat niet in hoger beroep tegen de uitspraak."
)


def _feed(*items: tuple[str, str, str]) -> bytes:
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>{url}</link><description>{escape(f'<p>{text}</p>')}"
        "</description></item>"
        for title, url, text in items
    )
    return f"<rss><channel>{entries}</channel></rss>".encode()


def _destroyed(archive: Archive) -> None:
    desk = Filer(archive)
    told = article(TEXT, title=TITLE, url=STORY, canonical_url=STORY)
    verdict = desk.see(told, day(0), key="71", url=STORY, body=f"<h1>{TITLE}</h1><p>{TEXT}</p>".encode())
    archive.urls.found("krant", [Link(url=STORY, title=TITLE)], at=day(0))
    archive.urls.visited("krant", STORY, at=day(0), due_at=day(1), status=200, verdict=verdict)
    archive.redactions.redact(STORY, at=day(1), **DECISION)
    archive.redactions.destroy(STORY, at=day(1))


OTHERS = (("Het weer", "https://krant.example/nieuws/het-weer/", "Morgen zon."),)


@pytest.mark.parametrize("destroyed", [False, True])
def test_what_names_a_redacted_article_later_is_shown_without_it_and_of_a_destroyed_one_not_kept(
    tmp_path: Path, destroyed: bool
) -> None:
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        if destroyed:
            _destroyed(archive)
        else:
            desk = Filer(archive)
            desk.see(article(TEXT, title=TITLE, url=STORY), day(0), key="71", url=STORY)
            archive.redactions.redact(STORY, at=day(1), **DECISION)
        later = {
            "rss": _feed((TITLE, STORY, TEXT), *OTHERS),
            "upper case": _feed((TITLE.upper(), STORY, TEXT.upper()), *OTHERS),
            "json": json.dumps({"items": [{"title": TITLE, "url": STORY, "content_html": f"<p>{TEXT}</p>"},
                                          {"title": "Het weer"}]}).replace("/", "\\/").encode(),
            "in another encoding": _feed((TITLE, STORY, TEXT), *OTHERS).decode().encode("utf-16"),
            "packed": gzip.compress(_feed((TITLE, STORY, TEXT), *OTHERS)),
            "listing": f"<main><li><a href='{STORY}'>{escape(TITLE)}</a> {TEXT[:150]}</li>"
                       "<li>Het weer</li></main>".encode(),
        }  # fmt: skip
        kept = {
            name: archive.captures.keep(
                Capture(
                    site="krant", url=f"https://krant.example/{name}", at=day(3), status=200, body=body,
                    headers=(("Link", f"<{STORY}>; rel=canonical"),), via=STORY,
                ), names_many=True,
            ).id
            for name, body in later.items()
        }  # fmt: skip
        moved = f"https://krant.example/archief/{SLUG}/"
        links = [
            Link(url=moved, title=TITLE, how="feed"),
            Link(url="https://krant.example/2", title="Het weer"),
        ]
        archive.urls.found("krant", links, at=day(3))
        archive.alarms.raise_alarms(
            "krant",
            [HealthIssue(kind="reading", subject=STORY, since=day(3), says=f"see {STORY}")],
            now=day(3),
        )
        archive.incidents.note("failed", f"{STORY}: no answer", at=day(3), site="krant")
        archive.commit()
        for name, number in kept.items():
            shown = archive.captures.get(number).capture
            body = gzip.decompress(shown.body) if name == "packed" else shown.body
            text = body.decode("utf-16" if name == "in another encoding" else "utf-8")
            assert not _is_told(f"{shown.url} {shown.via} {shown.headers} {text}"), name
            assert "raadsman" not in text.casefold(), name
            assert "weer" in text.casefold(), f"{name}: what is of others stays"
        assert not _is_told(str(archive.alarms.all())), "no alarm tells of it"
        assert not _is_told(str(archive.incidents.list()))
        assert not _is_told(str(archive.articles.cite("1"))), "nor how it would be cited"
        due = {each.url for each in archive.urls.due("krant", now=day(9), limit=9)}
        assert "https://krant.example/2" in due
        assert archive.integrity.verify() == []
        if destroyed:
            assert moved not in due, "it is not asked for at another address that has its words"
            with archive.snapshot() as connection:
                rows = connection.exec_driver_sql("SELECT url, title, found_on FROM addresses").all()
                assert not _is_told(str(rows))
                numbers = connection.exec_driver_sql("SELECT id FROM bodies").scalars().all()
                assert not any(b"raadsman" in compression.load(connection, number) for number in numbers)


def test_a_destroyed_article_is_known_again_by_its_text_and_another_one_that_quotes_it_is_not_it(
    archive: Archive,
) -> None:
    _destroyed(archive)
    page = f"<html><body><h1>Andere kop</h1><p>{TEXT}</p></body></html>".encode()
    quotes = f"<h1>Terugblik</h1><p>{TEXT[:110]} {'Er gebeurde meer. ' * 30}</p>".encode()
    assert archive.captures.is_destroyed(capture("https://krant.example/oud/9", at=day(3), body=page))
    assert archive.captures.is_destroyed(capture(STORY, at=day(3), body=b"<p>Iets heel anders.</p>"))
    assert not archive.captures.is_destroyed(capture("https://krant.example/oud/8", at=day(3), body=quotes))


@pytest.mark.parametrize("key", ["71", "oud/71"])
def test_rows_of_an_earlier_export_do_not_bring_a_destroyed_article_back(archive: Archive, key: str) -> None:
    from archive.export.restore import restore

    Filer(archive).see(article(TEXT, title=TITLE, url=STORY), day(0), key="71", url=STORY)
    archive.commit()
    rows = [json.loads(line) for line in b"".join(lines(archive)).splitlines()]
    archive.redactions.redact(STORY, at=day(1), **DECISION)
    archive.redactions.destroy(STORY, at=day(1))
    for row in rows:
        row["key"] = key
    assert restore(archive, iter(rows), now=day(2)).known == 1
    archive.index.update()
    assert not archive.search.search("raadsman").hits


def test_marks_hold_no_word_of_what_they_stand_for(archive: Archive) -> None:
    _destroyed(archive)
    with archive.snapshot() as connection:
        marks = str(connection.exec_driver_sql("SELECT marks FROM redactions").scalar())
    assert not [word for word in f"{TITLE} {TEXT}".split() if len(word) > 4 and word.casefold() in marks]
