"""The virus hook: clamd by its own protocol, or any program that answers by its exit status."""

from __future__ import annotations

import socket
import struct
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from dinh.kernel.errors import Invalid, SourceUnavailable

CONNECT_S: Final = 5
ANSWER_S: Final = 60
_CHUNK: Final = 256 * 1024
_LONGEST_ANSWER: Final = 4096
_INFECTED: Final = 1
"""The exit status by which scanners tell of a find (clamdscan, clamscan)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`found` names what was found; '' is clean."""

    found: str


def scanner() -> str:
    return str(settings.VIRUS_SCAN)


def scan(content: bytes) -> Verdict:
    """Clean at once where no scanner is set. Raises SourceUnavailable `files.scanner`, Invalid `files.scanner_setting`."""
    kind, _, where = scanner().partition(":")
    if not kind:
        return Verdict("")
    try:
        if kind == "clamd" and where:
            return _by_clamd(content, where)
        if kind == "command" and where:
            return _by_command(content, where)
    except (OSError, subprocess.SubprocessError, UnicodeError) as error:
        raise _silent(str(error)) from error
    raise _misspelt()


def ping() -> str:
    """How the scanner calls itself; '' where none is set. Raises as `scan`."""
    kind, _, where = scanner().partition(":")
    if kind == "clamd" and where:
        try:
            with closing(_connected(where)) as connection:
                connection.sendall(b"zVERSION\0")
                return _answer(connection)
        except (OSError, UnicodeError) as error:
            raise _silent(str(error)) from error
    if kind:
        scan(b"Dinh asks whether the scanner answers")
    return scanner()


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_S)
        try:
            connection.connect(where)
        except OSError:
            connection.close()
            raise
    else:
        host, _, port = where.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65_535:
            raise _misspelt()
        connection = socket.create_connection((host.strip("[]"), int(port)), CONNECT_S)
    connection.settimeout(ANSWER_S)
    return connection


def _by_clamd(content: bytes, where: str) -> Verdict:
    """INSTREAM: chunks with their lengths before them, a length of nought at the end."""
    with closing(_connected(where)) as connection:
        connection.sendall(b"zINSTREAM\0")
        try:
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                connection.sendall(struct.pack("!I", len(chunk)) + chunk)
            connection.sendall(struct.pack("!I", 0))
        except BrokenPipeError:
            pass  # clamd closes its ear when the stream passes its own limit, and says so below
        answer = _answer(connection)
    if answer.endswith("FOUND"):
        return Verdict(answer.removeprefix("stream:").removesuffix("FOUND").strip() or "?")
    if answer.removeprefix("stream:").strip() == "OK":
        return Verdict("")
    raise _silent(answer or "no answer")


def _answer(connection: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        part = connection.recv(_LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _by_command(content: bytes, program: str) -> Verdict:
    """The content on the standard input; status 0 clean, 1 infected, anything else a fault of the scanner."""
    done = subprocess.run(  # noqa: S603 - the operator's own setting, no shell, nothing of the sender's in it
        [program], input=content, capture_output=True, timeout=ANSWER_S, check=False
    )
    said = done.stdout.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    if done.returncode == 0:
        return Verdict("")
    if done.returncode == _INFECTED:
        return Verdict(said or "?")
    raise _silent(f"{program}: {done.returncode}")


def _silent(says: str) -> SourceUnavailable:
    return SourceUnavailable(
        "files.scanner",
        "the virus scanner does not answer ({says}), so that nothing was kept; try again in a few minutes, and tell the "
        "administrator if it stays",
        says=says[:200],
    )


def _misspelt() -> SourceUnavailable:
    return SourceUnavailable(
        "files.scanner_setting",
        "DINH_VIRUS_SCAN is '{value}'; give clamd:/path/to/socket, clamd:host:port or command:/path/to/program",
        value=scanner()[:200],
    )


def infected(name: str, found: str) -> Invalid:
    return Invalid(
        "files.infected",
        "'{name}' carries malicious software ({found}) and was not kept; clean the device it comes from before you send "
        "another file",
        name=name,
        found=found[:100],
    )
