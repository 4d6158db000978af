"""`dinh check`: tries every connection and setting and says in plain words what to mend."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from importlib import resources

from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding, load, registry
from dinh.project import checkpointing, environment, sealing
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.submissions import api as submissions

HELP = "test every connection and setting, say what to mend"
ENOUGH_DISK_GIB = 2


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh check", description=HELP)
    parser.add_argument("--variables", action="store_true", help="list the environment variables and their values")
    options = parser.parse_args(arguments)
    if options.variables:
        for variable in environment.VARIABLES:
            value = environment.read(variable.name)
            shown = "(set)" if "://" in value else value
            print(f"{variable.name:<22}{shown:<36}{variable.meaning}")
        return 0
    bad = 0
    for finding in findings():
        print(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.says}")
        if not finding.ok:
            bad += 1
            print(f"     → {finding.remedy}")
    print("all is well" if not bad else f"{bad} to mend")
    return 1 if bad else 0


def findings() -> Iterator[Finding]:
    """Every finding of the house, then those that manifests name."""
    yield _folder()
    yield _disk()
    registers = _registers()
    yield registers
    yield _history()
    if registers.ok:
        yield _ledger()
        yield from checkpointing.findings()
        yield from submissions.checks()
        yield from sealing.findings()
    yield _front_end()
    yield _port()
    for message in run_checks():
        yield Finding("settings", False, str(message.msg), str(message.hint or "see the message"))
    for manifest in registry.manifests():
        for dotted in manifest.checks:
            yield from load(dotted)()


def _folder() -> Finding:
    home = settings.HOME
    if not os.access(home, os.W_OK):
        return Finding(
            "data folder", False, f"{home} cannot be written", "give DINH_HOME a folder that this account owns"
        )
    mode = home.stat().st_mode & 0o077
    if mode:
        return Finding("data folder", False, f"{home} can be read by other accounts", f"run: chmod 700 {home}")
    return Finding("data folder", True, str(home))


def _disk() -> Finding:
    free = shutil.disk_usage(settings.HOME).free / 2**30
    says = f"{free:.1f} GiB free"
    if free < ENOUGH_DISK_GIB:
        return Finding(
            "disk", False, says, f"free at least {ENOUGH_DISK_GIB} GiB: readings are refused when the disk is full"
        )
    return Finding("disk", True, says)


def _registers() -> Finding:
    engine = connection.vendor
    try:
        waiting = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding(
            "registers", False, f"{engine} does not answer: {error}", "start the database, or correct DINH_DATABASE_URL"
        )
    if waiting:
        return Finding("registers", False, f"{len(waiting)} changes of shape are not applied", "run: dinh migrate")
    return Finding("registers", True, f"{engine}, up to date")


def _history() -> Finding:
    try:
        newest = observations.latest(limit=1)
    except DinhError as error:
        return Finding("history", False, error.message, "stop whatever else holds the file, or start `dinh serve`")
    return Finding("history", True, "answers" + ("" if newest else ", empty"))


def _ledger() -> Finding:
    head = ledger.head()
    return Finding(
        "ledger", True, f"{head.size} entries, root {head.root.hex()[:16]}…; `dinh ledger verify` recomputes it"
    )


def _front_end() -> Finding:
    built = resources.files("dinh.web") / "static" / "built" / "manifest.json"
    if not built.is_file():
        return Finding("front end", False, "is not built", "run: make assets")
    return Finding("front end", True, "built")


def _port() -> Finding:
    host, port = environment.read("DINH_HOST"), environment.number("PORT")
    with closing(socket.socket()) as probe:
        taken = probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", port)) == 0  # noqa: S104 - compared, not bound
    if taken and not settings.LOCAL_SOCKET.exists():
        return Finding("port", False, f"{port} is used by another program", "give another: PORT=8001")
    return Finding("port", True, f"{port} {'is served by Đình' if taken else 'is free'}")
