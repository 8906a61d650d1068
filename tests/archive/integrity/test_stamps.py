"""Time stamps on the chain: what an authority answers is kept, and checked by verify."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificates
from sqlalchemy import text

from archive import Archive
from archive.errors import UsageError
from archive.export.web_archives.signing import Signer
from archive.integrity import stamps
from archive.integrity.stamps import question
from tests.archive.integrity.authority import Authority, certificate, served
from tests.archive.newsroom import Filer, article, day
from tests.legger.test_commands import run

pytest.importorskip("rfc3161_client", reason="rfc3161-client is not installed")


def holds(said: dict[str, Any], digest: str) -> bool:
    """Whether ``signedData`` signs a digest, by the key or certificate it names, and any stamp is of that."""
    if said.get("domainCert"):
        key = load_pem_x509_certificates(said["domainCert"].encode())[0].public_key()
    else:
        key = serialization.load_der_public_key(base64.b64decode(said["publicKey"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    try:
        key.verify(base64.b64decode(said["signature"]), digest.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    stamp = said.get("timeSignature")
    return said["hash"] == digest and (
        stamp is None or stamps.stamped(base64.b64decode(stamp), said["signature"])
    )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def _stamped(archive: Archive, authority: Authority) -> None:
    Filer(archive).see(article(), day(0))
    archive.commit()
    head = archive.stamps.head()
    archive.stamps.add(head, authority.answer(question(bytes.fromhex(head.digest))), authority="https://tsa/")


def test_a_stamp_holds_while_the_chain_goes_on(archive: Archive, authority: Authority) -> None:
    _stamped(archive, authority)
    Filer(archive).see(article("Iets anders."), day(1))
    archive.commit()
    (made,) = archive.stamps.all()
    assert (made.seal, made.at) == (1, authority.now)
    assert archive.stamps.verify([authority.root]) == []
    assert archive.integrity.verify() == []


def test_a_stamp_by_somebody_else_does_not_hold(archive: Archive, authority: Authority) -> None:
    _stamped(archive, authority)
    (problem,) = archive.stamps.verify([Authority().root])
    assert "its signature does not hold" in problem.what
    assert archive.stamps.verify() == [], "whose it is was not asked"


ALTERED = {
    "the seal": "UPDATE seals SET digest = randomblob(32)",
    "the time": "UPDATE stamps SET at = '2020-01-01 00:00:00.000000'",
    "what was stamped": "UPDATE stamps SET stamped = randomblob(32)",
    "the answer": "UPDATE stamps SET answer = zeroblob(50)",
}


@pytest.mark.sqlite
@pytest.mark.parametrize("words", ALTERED.values(), ids=ALTERED)
def test_what_was_altered_is_found(archive: Archive, authority: Authority, words: str) -> None:
    _stamped(archive, authority)
    with archive.session.writing() as connection:
        connection.execute(text(words))
    archive.commit()
    (problem,) = archive.stamps.verify([authority.root])
    assert "does not hold" in problem.what


def test_an_answer_to_another_question_is_refused(archive: Archive, authority: Authority) -> None:
    Filer(archive).see(article(), day(0))
    archive.commit()
    with pytest.raises(UsageError, match="something else"):
        archive.stamps.add(archive.stamps.head(), authority.answer(question(bytes(32))), authority="x")
    with pytest.raises(UsageError, match="no answer"):
        archive.stamps.add(archive.stamps.head(), b"<html>", authority="x")


def test_the_commands_stamp_and_verify(tmp_path: Path, authority: Authority) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        Filer(archive).see(article(), day(0))
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    with served(authority) as url:
        (tmp_path / "legger.toml").write_text(f'[stamp]\nurl = "{url}"\nroots = ["root.pem"]\n')
        ran = run("stamp", "-o", "head.tsr", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "head.tsr").read_bytes()[:1] == b"0"
    (listed,) = json.loads(run("stamp", "--list", "--json", cwd=tmp_path).stdout)
    assert listed["seal"] == 1
    verified = run("verify", cwd=tmp_path)
    assert (verified.returncode, "Stamped 1 time" in verified.stdout) == (0, True), verified.stdout
    (tmp_path / "root.pem").write_bytes(Authority().root_pem)
    assert run("verify", cwd=tmp_path).returncode == 1
    refused = run("stamp", "--authority", "http://127.0.0.1:9/", cwd=tmp_path)
    assert (refused.returncode, "127.0.0.1" in refused.stderr) == (1, True)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_a_wacz_is_signed_and_stamped(tmp_path: Path, authority: Authority) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed")
    with Archive.open(tmp_path / "legger.db") as archive:
        Filer(archive).see(article(), day(0))
    key, root = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    above = certificate("Root", root)
    own = certificate("archief.example.org", key, (above, root))
    (tmp_path / "key.pem").write_bytes(_pem(key))
    pem = serialization.Encoding.PEM
    (tmp_path / "chain.pem").write_bytes(own.public_bytes(pem) + above.public_bytes(pem))
    with served(authority) as url:
        (tmp_path / "legger.toml").write_text(
            f'[stamp]\nurl = "{url}"\n[sign]\nkey_file = "key.pem"\ncertificate = "chain.pem"\n'
        )
        ran = run("export", "--format", "wacz", "-o", "a.wacz", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    with zipfile.ZipFile(tmp_path / "a.wacz") as package:
        whole = json.loads(package.read("datapackage-digest.json"))
        described = json.loads(package.read("datapackage.json"))
    said = whole["signedData"]
    assert (said["domain"], said["hash"]) == ("archief.example.org", whole["hash"])
    assert said["timestampCert"].count("BEGIN CERTIFICATE") == 2
    assert holds(said, whole["hash"])
    assert not holds(said, "sha256:00")
    assert not holds(said | {"signature": said["signature"][:-8] + "AAAAAAA="}, whole["hash"])
    assert described["legger"]["chain"]["seal"] == 1


def test_a_key_alone_speaks_for_itself() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    said = Signer.of(_pem(key), None, None).sign("sha256:ab", now=day(0))
    assert "domain" not in said
    assert holds(said, "sha256:ab")
    with pytest.raises(UsageError, match="not that of the key"):
        other = certificate("x", ec.generate_private_key(ec.SECP256R1()))
        Signer.of(_pem(key), other.public_bytes(serialization.Encoding.PEM), None)
