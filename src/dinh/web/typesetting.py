"""Pages as PDF: a Typst page and plain data in, bytes out, in a process of its own so that no web thread typesets.

The letters are the house's own, unpacked by the build into `print_fonts.json`. The same page, data and pictures give the
same bytes.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from dinh.kernel.errors import Invalid, SourceUnavailable
from dinh.web import letters

FONTS: Final = "static/built/print_fonts.json"
LONGEST_S: Final = 40
PNG: Final = b"\x89PNG\r\n\x1a\n"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.png")
_one_at_a_time: Final = threading.BoundedSemaphore(1)

type Form = Literal["pdf", "png"]


def typeset_apart(
    page: str, data: Mapping[str, Any], *, pictures: Mapping[str, bytes] | None = None, longest_s: float = LONGEST_S
) -> bytes:
    """PDF/UA-1 of a page, by a process of its own, one at a time.

    `data` is what the page reads as `sys.inputs.data`, with `dated`, the moment in ISO 8601 that the file bears. `pictures`
    are PNG files by the names under which the page finds them, such as `/map1.png`. Raises Invalid `typesetting.picture`,
    SourceUnavailable `typesetting.failed`.
    """
    told = {
        "page": page,
        "data": data,
        "pictures": {name: base64.b64encode(_png(name, held)).decode() for name, held in (pictures or {}).items()},
    }
    with _one_at_a_time:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "dinh.web.typesetting"],
                input=json.dumps(told, ensure_ascii=False).encode("utf-8"),
                capture_output=True,
                timeout=longest_s,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise _failed("it took too long") from error
        except subprocess.CalledProcessError as error:
            raise _failed(error.stderr.decode(errors="replace").strip()[-300:]) from error
    return done.stdout


def typeset(
    page: str, data: Mapping[str, Any], *, pictures: Mapping[str, bytes] | None = None, form: Form = "pdf", sheet: int = 1
) -> bytes:  # fmt: skip
    """As `typeset_apart`, in this process; `form` png gives a picture of one sheet, to look at."""
    import typst

    told = json.loads((files("dinh.web") / FONTS).read_text(encoding="utf-8"))
    fonts = {name: base64.b64decode(font) for name, font in told.items()}
    data = letters.shown(data, fonts.values())
    # Letters are read when they are first set, so the folder has to stand until the page is done.
    with TemporaryDirectory() as folder, TemporaryDirectory() as root:
        for name, font in fonts.items():
            (Path(folder) / f"{name}.ttf").write_bytes(font)
        for name, held in (pictures or {}).items():
            (Path(root) / name).write_bytes(_png(name, held))
        main = Path(root) / "page.typ"
        main.write_text(page, encoding="utf-8")
        made = typst.compile(
            main,
            # The page sees its pictures and nothing else of this machine.
            root=Path(root),
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]),
            format="png" if form == "png" else "pdf",
            ppi=110.0 if form == "png" else None,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            timestamp=int(datetime.fromisoformat(data["dated"]).timestamp()),
            pdf_standards="ua-1" if form == "pdf" else None,
        )
    return made if isinstance(made, bytes) else made[sheet - 1]


def _png(name: str, held: bytes) -> bytes:
    if not _NAME.fullmatch(name) or not held.startswith(PNG):
        raise Invalid("typesetting.picture", "'{name}' is no PNG that a page can hold; draw it as PNG", name=name[:80])
    return held


def _failed(why: str) -> SourceUnavailable:
    return SourceUnavailable(
        "typesetting.failed", "the PDF could not be made: {why}; read the page itself, or try again", why=why
    )


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    held = {name: base64.b64decode(picture) for name, picture in asked["pictures"].items()}
    sys.stdout.buffer.write(typeset(asked["page"], asked["data"], pictures=held))
