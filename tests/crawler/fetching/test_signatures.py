"""Requests signed with the operator's key: what a server that checks them sees."""

from __future__ import annotations

import json
import stat
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.errors import UsageError
from crawler.fetching.signatures import RequestSigner, new_key, valid_directory
from legger.cli import legger
from tests.crawler.crawling import Host, Said, front, opened, story

signatures = pytest.importorskip("http_message_signatures")
HOME = "https://archief.example.org"


def verified(message: Any, jwk: dict[str, str]) -> list[Any]:
    """What a server makes of a message, with the key that the directory's file tells."""
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    class Told(signatures.HTTPSignatureKeyResolver):  # type: ignore[misc, name-defined]
        def resolve_public_key(self, key_id: str) -> Any:
            assert key_id == jwk["kid"]
            return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(jwk["x"] + "=="))

        def resolve_private_key(self, key_id: str) -> Any:
            raise AssertionError

    verifier = signatures.HTTPMessageVerifier(
        signature_algorithm=signatures.algorithms.ED25519, key_resolver=Told()
    )
    return list(verifier.verify(message))


@pytest.fixture
def signer(tmp_path: Path) -> RequestSigner:
    new_key(tmp_path / "sleutel.pem")
    assert stat.S_IMODE((tmp_path / "sleutel.pem").stat().st_mode) == 0o600
    return RequestSigner.of(tmp_path / "sleutel.pem", HOME + "/")


def test_a_server_knows_a_request_by_the_key_that_the_directory_tells(signer: RequestSigner) -> None:
    (jwk,) = json.loads(signer.directory_file())["keys"]
    url = "https://krant.example/nieuws/1?x=2"
    headers = signer.headers("GET", url)
    assert headers["Signature-Agent"] == f'sig1="{HOME}"'
    (found,) = verified(SimpleNamespace(method="GET", url=url, headers=dict(headers)), jwk)
    assert found.parameters["tag"] == "web-bot-auth"
    assert found.parameters["expires"] - found.parameters["created"] == 60
    assert set(found.covered_components) >= {'"@authority"', '"signature-agent";key="sig1"'}
    assert signer.headers("GET", url)["Signature"] != headers["Signature"], "none is sent twice"
    for wrong in (
        {"url": "https://elders.example/nieuws/1", "headers": headers},
        {"url": url, "headers": headers | {"Signature-Agent": 'sig1="https://ander.example"'}},
    ):
        with pytest.raises(signatures.InvalidSignature):
            verified(SimpleNamespace(method="GET", **wrong), jwk)
    late = signer.headers("GET", url, now=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(signatures.InvalidSignature):
        verified(SimpleNamespace(method="GET", url=url, headers=late), jwk)


def test_the_directory_proves_that_its_host_owns_the_key(signer: RequestSigner) -> None:
    (jwk,) = json.loads(signer.directory_file())["keys"]
    headers = signer.directory_headers(until=datetime.now(UTC) + timedelta(days=365))
    assert headers["Content-Type"] == "application/http-message-signatures-directory+json"
    asked = SimpleNamespace(
        method="GET", url=f"{HOME}/.well-known/http-message-signatures-directory", headers={}
    )
    (found,) = verified(SimpleNamespace(status_code=200, headers=headers, request=asked), jwk)
    assert found.parameters["tag"] == "http-message-signatures-directory"


def test_a_visit_signs_every_request_when_the_settings_say_so_and_none_otherwise(tmp_path: Path) -> None:
    pages = {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=story(1))}
    stage = opened(tmp_path)
    with ExitStack() as stack:
        host = stack.enter_context(Host(lambda path: pages.get(path, Said(status=404))))
        stage.add(host.site("dorp"))
        assert stage.crawl("dorp").code == 0
        where = stage.archive
        made = CliRunner().invoke(
            legger, ["bot-key", HOME, "--archive", str(where), "--directory", str(tmp_path / "sleutels")]
        )
        assert made.exit_code == 0, made.output
        settings = where.parent / "legger.toml"
        before = settings.read_text() if settings.exists() else ""
        settings.write_text(f'{before}\n[bot]\nkey_file = "bot-key.pem"\ndirectory = "{HOME}"\n')
        stage.at(stage.now() + timedelta(hours=30))
        assert stage.crawl("dorp").code == 0
    (jwk,) = json.loads((tmp_path / "sleutels").read_bytes())["keys"]
    with Archive.open(where) as archive:
        asked = {True: 0, False: 0}
        for kept in archive.captures.walk():
            headers = dict(kept.capture.request_headers)
            asked["Signature" in headers] += 1
            if "Signature" in headers:
                message = SimpleNamespace(method="GET", url=kept.capture.url, headers=headers)
                assert verified(message, jwk)
                assert headers["User-Agent"].startswith("legger/")
    assert asked[False] >= 3
    assert asked[True] >= 2


@pytest.mark.parametrize(
    "url", ["http://archief.example.org", "https://", "archief", "https://a.example/map"]
)
def test_a_directory_is_the_address_of_a_host(url: str) -> None:
    with pytest.raises(ValueError, match="address of your host"):
        valid_directory(url)


def test_a_key_that_is_none_is_told_and_one_that_stands_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "geen.pem").write_text("geen sleutel")
    with pytest.raises(UsageError, match="cannot be read as a key"):
        RequestSigner.of(tmp_path / "geen.pem", HOME)
    with pytest.raises(UsageError, match="never written over"):
        new_key(tmp_path / "geen.pem")
