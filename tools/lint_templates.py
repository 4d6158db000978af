"""Reads templates as code: whose templates and addresses they use, and what a strict CSP forbids.

A template of a system extends or includes its own, the house's and the ui's, and
names only addresses of its own system; others are reached by `link_to`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

SHARED = {"house", "ui", "django"}
TAG = re.compile(r"{%\s*(extends|include|url)\s+[\"']([^\"']+)[\"']")
INLINE = (
    (re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE), "has an inline style attribute; use a class"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "has an inline event handler; use a script"),
    (re.compile(r"<(script|style)(?![^>]*nonce)(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)[^>]*>", re.IGNORECASE), "has an inline script or style without a nonce"),
    (re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//(?!www\.w3\.org)", re.IGNORECASE), "asks another host"),
    (re.compile(r"\|safe\b"), "marks text as safe; build it with format_html or mark it where it is made"),
    (re.compile(r"{%\s*autoescape\s+off"), "turns escaping off"),
)  # fmt: skip


def faults_of(owner: str, text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and faults of one template; `owner` is its system's slug, or `web`."""
    for match in TAG.finditer(text):
        kind, target = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        first = re.split(r"[/:]", target, maxsplit=1)[0]
        if kind == "url":
            if ":" not in target:
                continue
            if first != owner:
                yield line, f"names the address '{target}' of another system; use link_to"
        elif owner == "web":
            if first not in SHARED:
                yield line, f"{kind}s '{target}', which is not the web floor's own"
        elif first not in SHARED | {owner, "account", "mfa", "allauth", "usersessions"} or (
            first in {"account", "mfa", "allauth", "usersessions"} and owner != "account"
        ):
            yield line, f"{kind}s '{target}' of another system; show it by address"
    for pattern, says in INLINE:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, says


def main(root: Path) -> int:
    found = 0
    for template in sorted((root / "src" / "dinh").rglob("templates/**/*.html")):
        parts = template.relative_to(root / "src" / "dinh").parts
        owner = parts[1] if parts[0] in {"systems", "gateways"} else parts[0]
        for line, says in faults_of(owner, template.read_text(encoding="utf-8")):
            print(f"{template.relative_to(root)}:{line}: {says}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent))
