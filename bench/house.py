"""A real house to measure: a fresh data folder, registers, and `dinh serve` as a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@contextmanager
def data_folder() -> Iterator[Path]:
    """A fresh DINH_HOME with migrated registers; Django is ready in this process. Once a process."""
    home = Path(tempfile.mkdtemp(prefix="dinh-bench-"))
    os.environ.update(
        {"DINH_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dinh.project.settings", "DINH_DATABASE_URL": ""}
    )
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Served:
    host: str
    port: int
    pid: int


@contextmanager
def served(home: Path, *options: str) -> Iterator[Served]:
    """`dinh serve` over the folder, ready; ended by SIGTERM."""
    from django.db import connections

    connections.close_all()
    port = free_port()
    environment = os.environ | {"DINH_HOME": str(home), "PORT": str(port)}
    log = home / "serve.log"
    command = [str(Path(sys.executable).with_name("dinh")), "serve", "--port", str(port), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            _wait(process, f"http://127.0.0.1:{port}/healthz", log)
            yield Served("127.0.0.1", port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(
                f"dinh serve ended by itself:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}"
            )
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("dinh serve did not answer within a minute")
