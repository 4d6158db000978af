"""A body as fields of a plain form and back. Lists are lines; tables are lines of cells with a bar between them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from dinh.systems.publishing.web.words import block_names

BAR: Final = " | "
ADDED: Final = ("heading", "paragraph", "list", "table", "note", "link")
MOST: Final = 200


@dataclass(slots=True)
class Fields:
    """One block in the form; `kept` is the JSON of a block that is not edited by hand."""

    type: str
    vi: str = ""
    en: str = ""
    head_vi: str = ""
    head_en: str = ""
    caption_vi: str = ""
    caption_en: str = ""
    numeric: str = ""
    url: str = ""
    tone: str = "info"
    kept: str = ""
    number: int = 0
    lines: Sequence[str] = field(default_factory=tuple)

    @property
    def name(self) -> str:
        return block_names().get(self.type, self.type)


def fields_of(body: Sequence[Mapping[str, Any]]) -> list[Fields]:
    return [_fields(block) for block in body]


def _fields(block: Mapping[str, Any]) -> Fields:
    kind = block["type"]
    made = Fields(kind)
    if kind == "list":
        made.vi, made.en = (
            "\n".join(item[code].replace("\n", " ") for item in block["items"]) for code in ("vi", "en")
        )
    elif kind == "table":
        made.head_vi, made.head_en = (BAR.join(cell[code] for cell in block["columns"]) for code in ("vi", "en"))
        made.vi, made.en = (
            "\n".join(BAR.join(cell[code].replace("\n", " ") for cell in row) for row in block["rows"])
            for code in ("vi", "en")
        )
        made.caption_vi, made.caption_en = block["caption"]["vi"], block["caption"]["en"]
        made.numeric = ", ".join(str(n) for n, one in enumerate(block["numeric"], start=1) if one)
    elif kind == "figures":
        made.kept = json.dumps(block, ensure_ascii=False)
        made.lines = [item["name"]["vi"] for item in block["items"]]
    elif kind == "warning":
        made.kept = json.dumps(block, ensure_ascii=False)
        made.lines = [block["event"]["vi"], *(area["name"]["vi"] for area in block["areas"])]
    else:
        made.vi, made.en = block["text"]["vi"], block["text"]["en"]
        made.url, made.tone = block.get("url", ""), block.get("tone", "info")
    return made


def read(posted: Mapping[str, str]) -> list[Fields]:
    """The blocks of a posted form in the order of their numbers."""
    found = []
    for number in range(1, MOST + 1):
        kind = posted.get(f"b{number}-type", "")
        if not kind:
            break
        names = ("vi", "en", "head_vi", "head_en", "caption_vi", "caption_en", "numeric", "url", "tone", "kept")
        values = {name: posted.get(f"b{number}-{name}", "").replace("\r\n", "\n") for name in names}
        found.append(Fields(kind, **values))  # type: ignore[arg-type]
    return found


def moved(found: list[Fields], what: str) -> list[Fields]:
    """After a button: `add:paragraph`, `up:3`, `down:3`, `remove:3`; any other changes nothing."""
    verb, _sep, argument = what.partition(":")
    if verb == "add" and argument in ADDED:
        return [*found, Fields(argument, head_vi="A | B", head_en="A | B") if argument == "table" else Fields(argument)]
    if not argument.isdecimal() or not 1 <= int(argument) <= len(found):
        return found
    at = int(argument) - 1
    rest = found[:at] + found[at + 1 :]
    if verb == "remove":
        return rest
    to = {"up": max(0, at - 1), "down": min(len(rest), at + 1)}.get(verb)
    return found if to is None else [*rest[:to], found[at], *rest[to:]]


def body_of(found: Sequence[Fields]) -> list[dict[str, Any]]:
    """Blocks as the spine takes them; what is wrong in them the spine says."""
    return [_block(one) for one in found]


def _block(one: Fields) -> dict[str, Any]:
    words = {"vi": one.vi, "en": one.en}
    if one.type == "list":
        return {"type": "list", "items": _pairs(one.vi.split("\n"), one.en.split("\n"))}
    if one.type == "table":
        columns = _pairs(_cells(one.head_vi), _cells(one.head_en))
        wanted = {int(n) for n in one.numeric.replace(",", " ").split() if n.isdecimal()}
        rows = []
        vi, en = one.vi.split("\n") if one.vi else [], one.en.split("\n") if one.en else []
        for n in range(max(len(vi), len(en))):
            cells = _pairs(_cells(vi[n]) if n < len(vi) else [], _cells(en[n]) if n < len(en) else [])
            rows.append(cells + [{"vi": "", "en": ""}] * (len(columns) - len(cells)))
        return {
            "type": "table",
            "caption": {"vi": one.caption_vi, "en": one.caption_en},
            "columns": columns,
            "numeric": [n in wanted for n in range(1, len(columns) + 1)],
            "rows": rows,
        }
    if one.type in ("figures", "warning"):
        try:
            kept = json.loads(one.kept)
        except (ValueError, RecursionError):
            kept = {}
        return kept if isinstance(kept, dict) else {}
    made: dict[str, Any] = {"type": one.type, "text": words}
    if one.type == "link":
        made["url"] = one.url
    if one.type == "note":
        made["tone"] = one.tone or "info"
    return made


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _pairs(vi: Sequence[str], en: Sequence[str]) -> list[dict[str, str]]:
    """Side by side; a side that is shorter is empty there, so that the review sees the gap."""
    longest = max(len(vi), len(en))
    return [
        {"vi": vi[n].strip() if n < len(vi) else "", "en": en[n].strip() if n < len(en) else ""} for n in range(longest)
    ]


def button_names() -> list[tuple[str, str]]:
    names = block_names()
    return [(code, _("Add: %(kind)s") % {"kind": names[code]}) for code in ADDED]
