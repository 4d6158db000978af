"""A version as a PDF: plain data in, bytes out. Run as a module of its own process, so that no web thread typesets.

The letters are the house's own, unpacked by the build into `print_fonts.json`. The same data gives the same bytes.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

FONTS: Final = "static/built/print_fonts.json"
PAGE: Final = "print_page.txt"


def typeset(data: Mapping[str, Any], *, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """PDF/UA-1 of the page described by `data` (see `printing.data_of`); `form` png gives a picture to look at."""
    import typst

    page = (files("dinh.systems.publishing") / PAGE).read_bytes()
    letters = json.loads((files("dinh.web") / FONTS).read_text(encoding="utf-8"))
    # Letters are read when they are first set, so the folder has to stand until the page is done.
    with TemporaryDirectory() as folder:
        for name, font in letters.items():
            (Path(folder) / f"{name}.ttf").write_bytes(base64.b64decode(font))
        made = typst.compile(
            page,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]),
            format="png" if form == "png" else "pdf",
            ppi=110.0 if form == "png" else None,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            timestamp=int(datetime.fromisoformat(data["dated"]).timestamp()),
            pdf_standards="ua-1" if form == "pdf" else None,
        )
    return made if isinstance(made, bytes) else made[0]


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(json.load(sys.stdin)))
