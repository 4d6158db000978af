"""`dinh bench`: the benchmarks of the source tree, each beside a peer and a limit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dinh.kernel.errors import NotFound

HELP = "run the benchmarks of the source tree"


def run(arguments: list[str]) -> int:
    root = Path(__file__).resolve().parents[4]
    if not (root / "bench" / "__main__.py").is_file():
        raise NotFound("bench.no_tree", "benchmarks live in the source tree; run this from a clone of it")
    return subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=root, check=False).returncode  # noqa: S603
