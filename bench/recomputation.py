"""`dinh ledger verify` of ten million leaves: every leaf and every node hashed anew."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from bench import Result, at_most
from bench.house import data_folder
from bench.ledger import LEAVES, fill

LIMIT_S = 600


def run() -> list[Result]:
    with data_folder() as home:
        fill(home, LEAVES)
        ours_s = _verified(home)
        peer_s = _read_and_hashed(home)
    told = "bare SQLite reads the rows in order, and Python hashes the data of each, nothing else"
    given = f"{LEAVES:,} leaves, put into the tables of the ledger past its door; the command with its start"
    return [at_most("ledger verify", ours_s, "s", LIMIT_S, input=given, peer=told, peer_value=peer_s)]


def _verified(home: Path) -> float:
    command = [str(Path(sys.executable).with_name("dinh")), "ledger", "verify"]
    started = time.perf_counter()
    subprocess.run(command, check=True, env=os.environ | {"DINH_HOME": str(home)}, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _read_and_hashed(home: Path) -> float:
    with closing(sqlite3.connect(home / "registers.sqlite3")) as bare:
        started = time.perf_counter()
        for row in bare.execute('SELECT * FROM ledger_entry ORDER BY "index"'):
            sha256(row[4].encode()).digest()
        return time.perf_counter() - started
