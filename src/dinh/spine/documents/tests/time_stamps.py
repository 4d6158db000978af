"""A time-stamp server on loopback (RFC 3161), honest or not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from dinh.kernel import clock

HONEST, OTHER_WORDS, BROKEN, REFUSING = "honest", "other words", "broken", "refusing"


class Authority:
    """`asked` counts requests, `bears` is what it does with them."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dấu thời gian thử")])
        now = clock.now()
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(key, hashes.SHA256())
        )
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        pkcs8 = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._stamper = DummyTimeStamper(asn1_x509.Certificate.load(der), asn1_keys.PrivateKeyInfo.load(pkcs8))
        self.bears = HONEST
        self.asked = 0
        self.url = ""

    def answer(self, asked: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.bears == REFUSING:
            return 503, b""
        if self.bears == BROKEN:
            return 200, b"\x30\x03not"
        request = tsp.TimeStampReq.load(asked)
        if self.bears == OTHER_WORDS:
            request["message_imprint"]["hashed_message"] = bytes(32)
        return 200, self._stamper.request_tsa_response(request).dump()


@contextmanager
def authority() -> Iterator[Authority]:
    made = Authority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = made.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}/tsa"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
