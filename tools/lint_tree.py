"""Looks at the tree itself: names of folders, lengths of files, things that must not be committed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CATCH_ALLS = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
LONGEST = 400
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js", "deb.deb" + "ian.org")
MACHINE_PATH = re.compile(r"(?<![\w/.])/(?:ro" + r"ot|home/\w+)/")
GETTEXT_F = re.compile(r"\b(?:gettext|gettext_lazy|ngettext|pgettext|_)\(\s*f[\"']")
UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|X" + "XX|NotImplemented" + r"Error\(\))\b")
TEXT = {".py", ".ts", ".html", ".md", ".toml", ".json", ".css", ".lock", ".yml", ".po", ".sh", ""}


def faults_of(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and faults of one file of the tree, by its path from the root."""
    names = {part.removesuffix(".py") for part in path.parts}
    if path.suffix == ".py" and names & CATCH_ALLS:
        yield 1, f"'{(names & CATCH_ALLS).pop()}' says nothing; name it by what it holds"
    lines = text.splitlines()
    is_source = path.suffix in {".py", ".ts"} and path.parts[0] in {"src", "frontend"}
    if is_source and "migrations" not in path.parts and len(lines) > LONGEST:
        yield len(lines), f"is {len(lines)} lines long; over {LONGEST} it asks to be two rooms"
    for number, line in enumerate(lines, start=1):
        if any(host in line for host in REGISTRIES):
            yield number, "names the host of a package registry"
        if MACHINE_PATH.search(line):
            yield number, "names a path of somebody's machine"
        if path.suffix == ".py" and "tests" not in path.parts and GETTEXT_F.search(line):
            yield number, "has an f-string inside gettext; use named placeholders"
        if is_source and UNFINISHED.search(line):
            yield number, "is marked unfinished; finish it or leave it out"


def main(root: Path) -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True).stdout
    found = 0
    for name in listed.decode().split("\0"):
        path = root / name
        if not name or not path.is_file() or path.suffix not in TEXT:
            continue
        for line, says in faults_of(Path(name), path.read_text(encoding="utf-8", errors="replace")):
            print(f"{name}:{line}: {says}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
