"""Second places of checkpoints, against real servers on this machine: https, a mail server, and what is told of them."""

from __future__ import annotations

import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from dinh.engines.checkpoints import Key, opened
from dinh.project import checkpointing
from dinh.project.commands import check
from dinh.spine.ledger import api as ledger
from dinh.spine.ledger import models, protection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.LEDGER_KEY = tmp_path / "ledger_key"
    settings.CHECKPOINTS = tmp_path / "checkpoints"
    settings.CHECKPOINT_TO = ()


def add(count: int = 3) -> None:
    ledger.append_many("test.act", [("urn:dinh:case:2026-000001", {"n": n}) for n in range(count)])


def sizes(notes: list[str]) -> list[int]:
    """Each note is one that a key of this house signed."""
    keys = [Key.read(row.key) for row in ledger.public_keys()]
    return [opened(note, keys).size for note in notes]


@dataclass
class Taken:
    """What a server was sent; `answer` is what it says next."""

    notes: list[str] = field(default_factory=list)
    answer: int = 200
    port: int = 0


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Taken]:
    """An HTTPS server whose certificate this process trusts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if taken.answer < 300:
                taken.notes.append(body)
            self.send_response(taken.answer)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("localhost", 0), Handler)
    taken.port = server.server_port
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with running(server):
        yield taken


@pytest.fixture
def mail_server() -> Iterator[Taken]:
    """As much of SMTP as one letter needs."""
    taken = Taken()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 localhost\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    taken.notes.append(b"".join(lines).decode())
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    taken.port = server.server_address[1]
    with running(server):
        yield taken


def test_a_witness_by_https_gets_every_checkpoint_once_and_in_order(witness: Taken, settings: LazySettings) -> None:
    settings.CHECKPOINT_TO = (f"https://user:secret@localhost:{witness.port}/dinh",)
    for _ in range(2):
        add()
        checkpointing.sign()
    assert ledger.send_checkpoints() == 2
    assert ledger.send_checkpoints() == 0
    assert sizes(witness.notes) == [row.size for row in reversed(ledger.checkpoints())]
    (place,) = ledger.checkpoint_state().places
    assert (place.place, place.waiting, place.error) == (f"https://localhost:{witness.port}/dinh", 0, "")


@pytest.mark.parametrize(("answer", "says"), [(500, "answered 500"), (302, "answered 302")])
def test_a_witness_that_refuses_is_tried_again_later_and_told_of(
    witness: Taken, settings: LazySettings, answer: int, says: str
) -> None:
    settings.CHECKPOINT_TO = (f"https://localhost:{witness.port}/dinh",)
    witness.answer = answer
    add()
    checkpointing.sign()
    assert ledger.send_checkpoints() == 0
    (place,) = ledger.checkpoint_state().places
    assert (place.waiting, place.attempts) == (1, 1)
    assert says in place.error
    told = [finding for finding in checkpointing.findings() if not finding.ok]
    assert [finding.what for finding in told] == ["checkpoints elsewhere"]
    assert says in told[0].says
    ready = Client(REMOTE_ADDR="127.0.0.1").get("/readyz")
    assert ready.status_code == 200, "a second place that is late makes nothing unready"
    assert says in ready.json()["notes"]["checkpoints"]
    witness.answer = 200
    assert ledger.send_checkpoints() == 0, "not before its time"
    assert ledger.send_checkpoints(now=True) == 1
    assert Client(REMOTE_ADDR="127.0.0.1").get("/readyz").json()["notes"] == {}
    assert all(finding.ok for finding in checkpointing.findings())


def test_a_witness_whose_certificate_nobody_vouches_for_gets_nothing(
    witness: Taken, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    settings.CHECKPOINT_TO = (f"https://localhost:{witness.port}/dinh",)
    add()
    checkpointing.sign()
    assert ledger.send_checkpoints() == 0
    assert witness.notes == []
    assert "CERTIFICATE_VERIFY_FAILED" in ledger.checkpoint_state().places[0].error


def test_a_witness_by_mail_gets_the_note_as_signed_by_the_mail_server_of_the_house(
    mail_server: Taken, settings: LazySettings
) -> None:
    import email
    from email.policy import default

    settings.NOTICE_CHANNELS = {"email": f"smtp://127.0.0.1:{mail_server.port}?tls=none&from=dinh@example.vn"}
    settings.CHECKPOINT_TO = ("mailto:archive@example.vn",)
    add()
    checkpointing.sign()
    assert ledger.send_checkpoints() == 1
    (letter,) = [email.message_from_string(text, policy=default) for text in mail_server.notes]
    assert (letter["To"], letter["From"]) == ("archive@example.vn", "dinh@example.vn")
    body = letter.get_content().replace("\r\n", "\n").strip() + "\n"
    (made,) = ledger.checkpoints()
    assert sizes([body]) == [made.size]


def test_a_witness_by_mail_without_a_mail_server_says_what_is_lacking(settings: LazySettings) -> None:
    settings.NOTICE_CHANNELS = {}
    settings.CHECKPOINT_TO = ("mailto:archive@example.vn",)
    add()
    checkpointing.sign()
    assert ledger.send_checkpoints() == 0
    assert "DINH_EMAIL" in ledger.checkpoint_state().places[0].error


def test_the_last_checkpoint_is_signed_and_sent_at_a_graceful_stop(witness: Taken, settings: LazySettings) -> None:
    settings.CHECKPOINT_TO = (f"https://localhost:{witness.port}/dinh",)
    add()
    checkpointing.at_stop()
    assert sizes(witness.notes) == [ledger.checkpoints()[0].size]
    assert ledger.exported_checkpoints()


def test_a_stop_is_not_held_up_by_a_witness_that_is_away(settings: LazySettings) -> None:
    settings.CHECKPOINT_TO = ("https://localhost:9/dinh",)
    add()
    checkpointing.at_stop()
    assert len(ledger.checkpoints()) == 1
    assert ledger.checkpoint_state().places[0].waiting == 1


def test_a_rewritten_ledger_is_told_at_readyz_and_by_check() -> None:
    add()
    checkpointing.sign()
    protection.lift(connection)
    models.Head.objects.update(peaks=b"\0" * 64)
    models.Node.objects.update(hash=b"\0" * 32)
    protection.protect(connection)
    assert "ledger" in Client(REMOTE_ADDR="127.0.0.1").get("/readyz").json()["notes"]
    told = [finding for finding in checkpointing.findings() if not finding.ok]
    assert [finding.what for finding in told] == ["checkpoints"]
    assert "When the alarm comes" in told[0].remedy


def test_the_keys_stand_at_their_well_known_address_with_what_introduces_them() -> None:
    add()
    checkpointing.sign()
    ledger.rotate_key(by="urn:dinh:person:an")
    answer = Client().get("/.well-known/dinh-ledger-keys")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    for row in ledger.public_keys():
        assert row.key in answer.content.decode()
        assert row.statement in answer.content.decode()
    assert len(ledger.public_keys()) == 2


def test_check_names_a_second_place_that_is_no_address(settings: LazySettings) -> None:
    settings.CHECKPOINT_TO = ("ftp://user:secret@example.vn/",)
    (told,) = checkpointing.findings()
    assert (told.ok, told.remedy) == (False, "correct DINH_CHECKPOINT_TO")
    assert "secret" not in told.says


def test_check_tells_of_folder_disk_registers_history_front_end_and_port(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all = tmp_path / "home"
    open_to_all.mkdir(mode=0o755)
    open_to_all.chmod(0o755)
    settings.HOME = open_to_all
    assert (check._folder().ok, "chmod 700" in check._folder().remedy) == (False, True)
    open_to_all.chmod(0o700)
    assert check._folder().ok
    monkeypatch.setattr(check, "ENOUGH_DISK_GIB", 2**40)
    assert (check._disk().ok, "readings are refused" in check._disk().remedy) == (False, True)
    assert check._registers().ok
    assert check._history().ok
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as other, running(other):
        monkeypatch.setenv("PORT", str(other.server_address[1]))
        settings.LOCAL_SOCKET = tmp_path / "none.sock"
        found = check._port()
        assert (found.ok, "used by another program" in found.says) == (False, True)


def test_check_says_when_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def silent(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(check, "MigrationExecutor", silent)
    found = check._registers()
    assert (found.ok, "DINH_DATABASE_URL" in found.remedy) == (False, True)
    assert "connection refused" in found.says
