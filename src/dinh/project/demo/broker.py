"""A Mosquitto of the demonstration's own: on loopback, with passwords made for this start, keeping what waits."""

from __future__ import annotations

import base64
import getpass
import hashlib
import os
import secrets
import shutil
import socket
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ITERATIONS: Final = 101  # what mosquitto_passwd itself uses


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """How to start it, and the addresses for Đình and for the simulator."""

    command: Sequence[str]
    port: int
    for_dinh: str
    for_simulator: str
    for_people: str
    """For whoever wants to publish by hand."""


def executable() -> str | None:
    """Debian puts it where an ordinary account's PATH does not look."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def configure(program: str, folder: Path) -> Mosquitto:
    """Writes its files into `folder`, for the account that runs the demonstration."""
    port = free_port()
    passwords = {name: secrets.token_urlsafe(18) for name in ("dinh", "simulator", "guest")}
    _write(folder / "mosquitto.passwords", "".join(_password_line(*pair) for pair in passwords.items()))
    _write(
        folder / "mosquitto.acl",
        "user dinh\ntopic read #\n\nuser simulator\ntopic write dinh/#\ntopic write senml/#\ntopic write json/#\n\n"
        "user guest\ntopic write dinh/#\ntopic write senml/#\ntopic write json/#\n",
    )
    _write(
        folder / "mosquitto.conf",
        f"listener {port} 127.0.0.1\n"
        "allow_anonymous false\n"
        f"password_file {folder / 'mosquitto.passwords'}\n"
        f"acl_file {folder / 'mosquitto.acl'}\n"
        f"user {getpass.getuser()}\n"
        "persistence true\n"
        f"persistence_location {folder}/\n"
        "autosave_interval 60\n"
        "max_queued_messages 0\n"  # everything waits for Đình, not the first thousand only
        "log_dest stderr\n"
        "log_type error\nlog_type warning\nlog_type notice\n",
    )
    return Mosquitto(
        [program, "-c", str(folder / "mosquitto.conf")],
        port,
        f"mqtt://dinh:{passwords['dinh']}@127.0.0.1:{port}",
        f"mqtt://simulator:{passwords['simulator']}@127.0.0.1:{port}",
        f"mqtt://guest:{passwords['guest']}@127.0.0.1:{port}",
    )


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def _password_line(user: str, password: str) -> str:
    """As `mosquitto_passwd` writes it: $7$ is PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    encode = base64.b64encode
    return f"{user}:$7${ITERATIONS}${encode(salt).decode()}${encode(digest).decode()}\n"


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
