"""The virus hook against a scanner that speaks clamd's protocol over a real socket, and against programs."""

from __future__ import annotations

import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from dinh.kernel.errors import DinhError, Invalid, SourceUnavailable
from dinh.spine.files import api as files
from dinh.spine.files import findings, models, store
from dinh.spine.files.tests.samples import CASE, PERSON, keep
from dinh.spine.jobs.models import Event
from dinh.spine.ledger import api as ledger

pytestmark = pytest.mark.django_db
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


class Clamd(threading.Thread):
    """Answers INSTREAM and VERSION; `mood` says what it does wrong."""

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(daemon=True)
        self.listening, self.mood, self.scanned, self.virus = listening, "well", 0, EICAR

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                self.answer(connection)

    def answer(self, connection: socket.socket) -> None:
        ear = connection.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += ear.read(1)
        if command == b"zVERSION\0":
            connection.sendall(b"ClamAV 1.4.2/27500\0")
            return
        if self.mood == "hangs up":
            return
        content = b""
        while length := struct.unpack("!I", ear.read(4))[0]:
            content += ear.read(length)
        self.scanned = len(content)
        if self.mood == "fails":
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif self.virus in content:
            connection.sendall(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            connection.sendall(b"stream: OK\0")


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Clamd]:
    if request.param == "tcp":
        listening = socket.create_server(("127.0.0.1", 0))
        settings.VIRUS_SCAN = f"clamd:127.0.0.1:{listening.getsockname()[1]}"
    else:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        settings.VIRUS_SCAN = f"clamd:{tmp_path / 's'}"
    scanner = Clamd(listening)
    scanner.start()
    yield scanner
    listening.close()


def test_what_is_clean_is_kept_and_was_scanned_whole(clamd: Clamd) -> None:
    content = b"a line of text\n" * 50_000
    assert keep(content, "a.txt").state == "kept"
    assert clamd.scanned == len(content)
    assert files.scanner() == "ClamAV 1.4.2/27500"


def test_what_is_infected_is_not_kept_and_told_once_although_the_transaction_fails(clamd: Clamd) -> None:
    with pytest.raises(Invalid) as caught, transaction.atomic():
        keep(EICAR, "Hoá đơn.txt")
    assert caught.value.code == "files.infected"
    assert "Eicar-Test-Signature" in caught.value.message
    assert not models.File.objects.exists()
    assert list(store.blobs()) == []
    findings.tell()
    findings.tell()
    (leaf,) = ledger.entries(kind="security.infected_file")
    (event,) = Event.objects.filter(name="security.infected_file")
    assert leaf.data == event.payload
    assert {name: leaf.data[name] for name in ("found", "about", "by", "size")} == {
        "found": "Eicar-Test-Signature", "about": CASE, "by": PERSON, "size": len(EICAR),
    }  # fmt: skip
    assert "Hoá đơn" not in str(leaf.data)


def test_a_find_is_told_once_also_when_the_process_dies_after_the_commit(
    clamd: Clamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid):
        keep(EICAR, "a.txt")
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
    findings.tell()
    findings.tell()
    assert len(ledger.entries(kind="security.infected_file")) == 1


@pytest.mark.parametrize("mood", ["fails", "hangs up", "is down"])
def test_while_the_scanner_does_not_answer_nothing_is_kept(clamd: Clamd, mood: str) -> None:
    clamd.mood = mood
    if mood == "is down":
        clamd.listening.shutdown(socket.SHUT_RDWR)
        clamd.listening.close()
    with pytest.raises(SourceUnavailable) as caught:
        keep(b"text", "a.txt")
    assert caught.value.code == "files.scanner"
    assert not models.File.objects.exists()
    assert list(store.blobs()) == []


def test_a_file_found_later_is_held_back(clamd: Clamd) -> None:
    late, clean = keep(b"a virus of tomorrow", "a.txt"), keep(b"clean", "b.txt")
    clamd.virus = b"of tomorrow"
    assert list(files.scan_again()) == [late.urn]
    assert [row.state for row in files.files_of(CASE)] == ["quarantined", "kept"]
    with pytest.raises(DinhError) as caught:
        files.read(late.urn)
    assert caught.value.code == "files.not_given_out"
    assert files.read(clean.urn) == b"clean"
    assert ledger.entries(kind="file.quarantined")[0].subject == late.urn
    assert list(files.scan_again()) == []
    assert files.verify().ok


@pytest.fixture
def program(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    def make(script: str) -> None:
        path = tmp_path / "scan"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(stat.S_IRWXU)
        settings.VIRUS_SCAN = f"command:{path}"

    return make


def test_a_program_answers_by_its_exit_status(program: Callable[[str], None]) -> None:
    program("if grep -q EICAR; then echo Eicar; exit 1; fi")
    assert keep(b"text", "a.txt").state == "kept"
    with pytest.raises(Invalid, match=r"\(Eicar\)"):
        keep(EICAR, "a.txt")
    program("cat > /dev/null; exit 2")
    with pytest.raises(SourceUnavailable):
        keep(b"text two", "a.txt")


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("clam", "files.scanner_setting"),
        ("clamd:", "files.scanner_setting"),
        ("clamd:localhost", "files.scanner_setting"),
        ("clamd:localhost:99999", "files.scanner_setting"),
        ("command:/nowhere/scan", "files.scanner"),
        ("clamd:/nowhere/socket", "files.scanner"),
    ],
)
def test_a_setting_that_cannot_work_is_told_and_keeps_nothing(settings: Any, setting: str, code: str) -> None:
    settings.VIRUS_SCAN = setting
    for ask in (lambda: keep(b"text", "a.txt"), files.scanner):
        with pytest.raises(SourceUnavailable) as caught:
            ask()
        assert caught.value.code == code
