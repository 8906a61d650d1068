"""A time stamp authority (RFC 3161) of our own, and a server for it: what it signs is written out by hand."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_OIDS = {
    "sha256": "608648016503040201", "signed": "2a864886f70d010702", "tst": "2a864886f70d0109100104",
    "type": "2a864886f70d010903", "digest": "2a864886f70d010904", "cert": "2a864886f70d010910022f",
    "ecdsa": "2a8648ce3d040302", "policy": "2a0304",
}  # fmt: skip


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else (
        bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    )  # fmt: skip
    return bytes([tag]) + length + content


def _oid(name: str) -> bytes:
    return der(0x06, bytes.fromhex(_OIDS[name]))


def _number(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _algorithm(name: str) -> bytes:
    return der(0x30, _oid(name))


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
    *,
    stamping: bool = False,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    above = issuer[0].subject if issuer else subject
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if stamping:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return made.sign(issuer[1] if issuer else key, hashes.SHA256())


@dataclass
class Authority:
    """Stamps what it is asked to."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    refuses: bool = False
    asked: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root_key, self.key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = certificate("Stamp root", self.root_key)
        self.certificate = certificate("Stamp", self.key, (self.root, self.root_key), stamping=True)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)

    def answer(self, question: bytes) -> bytes:
        """A TimeStampResp to a TimeStampReq."""
        from rfc3161_client._rust import parse_timestamp_request

        self.asked.append(question)
        if self.refuses:
            return der(0x30, der(0x30, _number(2)))
        asked = parse_timestamp_request(question)
        info = der(
            0x30, _number(1), _oid("policy"),
            der(0x30, _algorithm("sha256"), der(0x04, asked.message_imprint.message)), _number(7),
            der(0x18, f"{self.now:%Y%m%d%H%M%SZ}".encode()),
            *([_number(asked.nonce)] if asked.nonce is not None else []),
        )  # fmt: skip
        own = self.certificate.public_bytes(serialization.Encoding.DER)
        attributes = sorted((
            der(0x30, _oid("type"), der(0x31, _oid("tst"))),
            der(0x30, _oid("digest"), der(0x31, der(0x04, hashlib.sha256(info).digest()))),
            der(0x30, _oid("cert"), der(0x31, der(0x30, der(0x30, der(0x30, der(
                0x04, hashlib.sha256(own).digest())))))),
        ))  # fmt: skip
        signature = self.key.sign(der(0x31, *attributes), ec.ECDSA(hashes.SHA256()))
        name = self.certificate.issuer.public_bytes()
        signer = der(
            0x30, _number(1), der(0x30, name, _number(self.certificate.serial_number)),
            _algorithm("sha256"), der(0xA0, *attributes), _algorithm("ecdsa"), der(0x04, signature),
        )  # fmt: skip
        certificates = b"".join(sorted((own, self.root.public_bytes(serialization.Encoding.DER))))
        signed = der(
            0x30, _number(3), der(0x31, _algorithm("sha256")),
            der(0x30, _oid("tst"), der(0xA0, der(0x04, info))), der(0xA0, certificates), der(0x31, signer),
        )  # fmt: skip
        return der(0x30, der(0x30, _number(0)), der(0x30, _oid("signed"), der(0xA0, signed)))


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    """The address at which an authority answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.answer(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
