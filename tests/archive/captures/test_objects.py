"""Pages in object storage: read as from the database, missing or stray told, destroyed where they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import Archive
from archive.captures.objects import FileSystemObjects, Objects
from archive.copying import copy
from archive.db.schema import bodies
from archive.errors import ArchiveError
from tests.archive.newsroom import Filer, article, capture, day

SECRET = "Piet Verdachte"


def _page(words: str, number: int) -> bytes:
    """Of a template of its own: its packed bytes are an object."""
    filler = "".join(f"<li>{(number + 3) * each * 7919 % 99991}</li>" for each in range(900))
    return f"<p>{words}</p><ul>{filler}</ul>".encode()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of a server that speaks like S3, with a bucket that keeps no versions and one that does."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3", endpoint_url=endpoint)
        client.create_bucket(Bucket="pages")
        client.create_bucket(Bucket="versions")
        client.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
        yield endpoint
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return FileSystemObjects(f"file://{tmp_path}/objects")
    return FileSystemObjects(f"s3://pages/{tmp_path.name}", endpoint=request.getfixturevalue("bucket"))


def _story(archive: Archive) -> list[bytes]:
    desk, pages = Filer(archive), []
    for number, words in enumerate(
        [f"{SECRET} is aangehouden.", "De brug is dicht.", "Het is mooi weer."], 1
    ):
        url, page = f"https://krant.example/{number}", _page(words, number)
        desk.see(article(words, title=words, url=url), day(0), key=str(number), url=url, body=page)
        pages.append(page)
    archive.captures.keep(capture(at=day(1), body=b"<p>small</p>"))
    archive.commit()
    return [*pages, b"<p>small</p>"]


def _bodies(archive: Archive) -> list[bytes]:
    return [each.capture.body for each in archive.captures.walk()]


def test_pages_are_read_from_object_storage_as_from_the_database(
    archive_file: Path, storage: Objects
) -> None:
    with Archive.open(archive_file, objects=storage) as archive:
        pages = _story(archive)
        assert _bodies(archive) == pages
        archive.recompression.compact("krant", anew=True)
        assert _bodies(archive) == pages
        assert [each.what for each in archive.integrity.verify() if "nothing refers" not in each.what] == []
        report = archive.object_storage.report()
        assert report.missing == ()
        assert report.objects >= 3
        with archive.snapshot() as connection:
            rows = connection.execute(select(bodies.c.data, bodies.c.object)).all()
        assert {bool(row.data) for row in rows if row.object} == {False}
        assert [row.data for row in rows if row.object is None] == [b"<p>small</p>"]


def test_pages_move_out_and_in_again(archive_file: Path, storage: Objects) -> None:
    with Archive.open(archive_file) as archive:
        pages = _story(archive)
    with Archive.open(archive_file, objects=storage) as archive:
        assert archive.object_storage.move_out() == 3
        assert archive.object_storage.move_out() == 0
        assert _bodies(archive) == pages
        assert archive.object_storage.report().objects == 3
        assert archive.object_storage.move_in() == 3
        assert archive.object_storage.report().stray == 3
    with Archive.open(archive_file) as archive:
        assert _bodies(archive) == pages


def test_who_is_not_told_where_objects_are_is_told_that(archive_file: Path, storage: Objects) -> None:
    with Archive.open(archive_file, objects=storage) as archive:
        _story(archive)
    with Archive.open(archive_file) as archive, pytest.raises(ArchiveError, match=r"set \[objects\] url"):
        _bodies(archive)


def test_an_object_that_is_missing_is_told_and_is_no_empty_page(archive_file: Path, storage: Objects) -> None:
    with Archive.open(archive_file, objects=storage) as archive:
        _story(archive)
        lost = next(iter(storage.under())).key
        storage.delete(lost)
        assert archive.object_storage.report().missing == (lost,)
        assert any(lost in each.what for each in archive.integrity.verify())
        with pytest.raises(ArchiveError, match="is not there"):
            _bodies(archive)


def test_what_a_batch_left_that_was_taken_back_is_stray_and_swept_after_a_day(
    archive_file: Path, storage: Objects
) -> None:
    with Archive.open(archive_file, objects=storage) as archive:
        pages = _story(archive)
        storage.put("ff/stray/1", b"of a batch that was taken back")
        assert archive.object_storage.report().stray == 1
        assert archive.integrity.verify() == [], "packing leaves such, and they are no problem"
        later = datetime.now(UTC) + timedelta(days=2)
        assert archive.object_storage.report(now=later).left_over == 1
        now = datetime.now(UTC)
        assert archive.object_storage.sweep(now=now) == 0
        assert archive.object_storage.sweep(now=now + timedelta(days=2)) == 1
        assert _bodies(archive) == pages


def test_upkeep_deletes_what_is_stray_for_a_month_once_a_day_and_never_what_a_copy_may_need(
    archive_file: Path, storage: Objects, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    with Archive.open(archive_file, objects=storage) as archive:
        pages = _story(archive)
        storage.put("ff/stray/1", b"packed anew since")
        strays = archive.object_storage
        assert strays.tidy(now=now + timedelta(days=29)) == 0, "a backup of that age still needs it"
        assert strays.report().stray == 1, "its own note is no stray object"
        assert strays.tidy(now=now + timedelta(hours=1)) == 0, "it looked today"
        with Archive.open(tmp_path / "copy.db", objects=storage) as second:
            copy(archive, second)
        assert strays.report().shared
        assert strays.tidy(now=now + timedelta(days=40)) == 0, "the copy may have packed it"
        strays.note_alone()
        assert strays.tidy(now=now + timedelta(days=40)) == 1
        assert not strays.report().shared
        assert _bodies(archive) == pages


def test_destroying_an_article_leaves_no_object_with_its_words(archive_file: Path, storage: Objects) -> None:
    decision = {"ground": "GDPR art. 17", "reason": "acquitted", "who": "the archivist"}
    with Archive.open(archive_file, objects=storage) as archive:
        _story(archive)
        before = {each.key for each in storage.under()}
        archive.redactions.redact("https://krant.example/1", at=day(3), **decision)
        archive.redactions.destroy("https://krant.example/1", at=day(3))
        left = {each.key for each in storage.under()}
        assert len(before - left) >= 1
        assert archive.object_storage.report().stray == 0
        assert archive.integrity.verify() == []
        assert [SECRET.encode() in each for each in _bodies(archive)] == [False] * 4


def test_a_bucket_that_keeps_versions_says_so(bucket: str, tmp_path: Path) -> None:
    assert FileSystemObjects("s3://versions/x", endpoint=bucket).keeps_versions() is True
    assert FileSystemObjects("s3://pages/x", endpoint=bucket).keeps_versions() is False
    assert FileSystemObjects(f"file://{tmp_path}").keeps_versions() is False


def test_a_place_that_cannot_be_used_is_an_error_of_ours(bucket: str) -> None:
    with pytest.raises(ArchiveError, match="nowhere"):
        FileSystemObjects("nowhere://x")
    with pytest.raises(ArchiveError, match="could not be written"):
        FileSystemObjects("s3://no-such-bucket/x", endpoint=bucket).put("a/b/c", b"x")


def test_a_visit_goes_on_with_the_dictionary_of_the_one_before(archive_file: Path, storage: Objects) -> None:
    pages = [_page(f"Bericht {number}", number % 12) for number in range(24)]
    for visit in range(2):
        with Archive.open(archive_file, objects=storage) as archive:
            for number in range(12 * visit, 12 * visit + 12):
                url = f"https://krant.example/{number}"
                archive.captures.keep(capture(url, at=day(visit), body=pages[number]))
            archive.recompression.grow(at_end=True)
            archive.recompression.compact("krant", anew=True)
    with Archive.open(archive_file, objects=storage) as archive:
        assert _bodies(archive) == pages


@pytest.mark.sqlite
@pytest.mark.skipif(sys.platform != "linux", reason="what is open is looked up in /proc")
def test_an_archive_whose_storage_cannot_be_used_is_left_closed(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGGER_OBJECTS_URL", "nowhere://x")
    with pytest.raises(ArchiveError, match="nowhere") as caught:
        Archive.open(archive_file)
    held = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    assert [each for each in held if each.name.startswith(archive_file.name)] == [], caught
