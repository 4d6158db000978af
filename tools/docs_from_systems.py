"""MkDocs hook: each system's and gateway's README becomes its page, each ADR is listed, kinds of cases are drawn."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools import case_type_pages  # noqa: E402 - hooks are loaded by path, without their folder


def on_config(config: Any) -> Any:
    for title, floor, manifest in (("Systems", "systems", "system.py"), ("Gateways", "gateways", "gateway.py")):
        folders = sorted(path.parent.name for path in (ROOT / "src" / "dinh" / floor).glob(f"*/{manifest}"))
        pages = [
            f"{floor}/{name}.md" for name in folders if (ROOT / "src" / "dinh" / floor / name / "README.md").is_file()
        ]
        config["nav"].insert(-1, {title: pages})
    adrs = sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))
    config["nav"][-1]["Decisions"] += [f"adr/{name}" for name in adrs]
    return config


def on_files(files: Files, config: Any) -> Files:
    for floor in ("systems", "gateways"):
        for readme in sorted((ROOT / "src" / "dinh" / floor).glob("*/README.md")):
            text = readme.read_text(encoding="utf-8")
            files.append(File.generated(config, f"{floor}/{readme.parent.name}.md", content=text))
    files.append(File.generated(config, "users/loai-vu-viec.md", content=case_type_pages.page()))
    return files
