"""The simulated VNeID of the demonstration: on loopback, at an address that stays the same from one start to the next."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dinh.project.demo.broker import free_port

CLIENT: Final = "dinh"


@dataclass(frozen=True, slots=True)
class SimulatedVneid:
    command: Sequence[str]
    port: int
    secret: str
    for_dinh: Mapping[str, str]


def configure(folder: Path) -> SimulatedVneid:
    """Accounts are linked to the issuer's address: a new port at each start would make everybody a stranger."""
    port = _port(folder / "vneid.port")
    file, secret = folder / "vneid.secret", secrets.token_urlsafe(32)
    _write(file, secret)
    return SimulatedVneid(
        [sys.executable, "-m", "dinh_simulator.vneid", "--port", str(port), "--client-id", CLIENT, "--secret", "-"],
        port,
        secret,
        {
            "DINH_VNEID_ISSUER": f"http://127.0.0.1:{port}",
            "DINH_VNEID_CLIENT_ID": CLIENT,
            "DINH_VNEID_CLIENT_SECRET_FILE": str(file),
        },
    )


def _port(remembered: Path) -> int:
    try:
        port = int(remembered.read_text(encoding="ascii"))
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except (OSError, ValueError, OverflowError):
        port = free_port()
        _write(remembered, str(port))
    return port


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
