"""`python -m bench [names]`: runs the benchmarks whose names contain one of the words, all without one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
LONGEST_S = 900


def names() -> list[str]:
    return sorted(
        path.stem
        for path in FOLDER.glob("*.py")
        if not path.stem.startswith("_") and "def run()" in path.read_text(encoding="utf-8")
    )


def main(words: list[str]) -> int:
    if words[:1] == ["--one"]:
        results = import_module(f"bench.{words[1]}").run()
        Path(words[2]).write_text(json.dumps([asdict(result) for result in results]), encoding="utf-8")
        return 0
    chosen = [name for name in names() if not words or any(word in name for word in words)]
    if not chosen:
        print(f"no benchmark is called {' or '.join(words)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    held: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() and words else []
    failed = []
    for name in chosen:
        print(f"{name} …", flush=True)
        found = _run(name)
        if found is None:
            failed.append(name)
            continue
        ours = {result["name"] for result in found}
        held = [result for result in held if result["name"] not in ours] + found
        for result in found:
            _tell(result)
    RESULTS.write_text(
        json.dumps(sorted(held, key=lambda result: result["name"]), indent=1, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    for name in failed:
        print(f"{name}: did not finish", file=sys.stderr)
    return 1 if failed or not all(result["ok"] for result in held) else 0


def _run(name: str) -> list[dict[str, Any]] | None:
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "bench", "--one", name, file.name],
                cwd=FOLDER.parent,
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        if done.returncode:
            return None
        found: list[dict[str, Any]] = json.loads(Path(file.name).read_text(encoding="utf-8"))
        return found


def _tell(result: dict[str, Any]) -> None:
    mark = "ok  " if result["ok"] else "MISS"
    print(
        f"  {mark} {result['name']}: {result['value']:,.6g} {result['unit']} (limit {result['limit']:,.6g})", flush=True
    )
    if result["peer_value"] is not None:
        print(f"       {result['peer']}: {result['peer_value']:,.6g} {result['unit']}, ratio {result['ratio']}")
    print(f"       {result['input']}; {result['model']}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
