"""The body of a version: typed blocks in both languages, kept as JSON. No Django here.

A text is `{"vi": …, "en": …}`. Kinds of blocks:

    {"type": "heading", "text": T}
    {"type": "paragraph", "text": T}
    {"type": "list", "items": [T, …]}
    {"type": "table", "caption": T, "columns": [T, …], "numeric": [true, …], "rows": [[T, …], …]}
    {"type": "figures", "items": [{"name": T, "value": 1.5 or null, "missing": T, "unit": "g/L", "places": 1, "target": …,
                                   "day": …, "week": …, "judgement": T, "level": "good" | "bad" | "", "trend": [1.0, null]}]}
    {"type": "note", "tone": "info" | "warning", "text": T}
    {"type": "link", "text": T, "url": "https://…" or "/…"}
    {"type": "warning", …}    what people are warned of, where and until when: `warnings.py`
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dinh.kernel.errors import Invalid, Phrase

LANGUAGES: Final = ("vi", "en")
TYPES: Final = ("heading", "paragraph", "list", "table", "figures", "note", "link", "warning")
TONES: Final = ("info", "warning")
LEVELS: Final = ("", "good", "bad")
LONGEST_TEXT: Final = 20_000
MOST_BLOCKS: Final = 200
MOST_ROWS: Final = 500
MOST_COLUMNS: Final = 12
MOST_BYTES: Final = 1_000_000

type Block = Mapping[str, Any]
type Words = dict[str, str]


def checked(blocks: object) -> list[dict[str, Any]]:
    """The blocks, NFC, with nothing but known fields. Raises Invalid `publications.block` with place, value, remedy."""
    if not isinstance(blocks, list | tuple):
        raise fault("body", blocks, Phrase("a list of blocks"))
    if len(blocks) > MOST_BLOCKS:
        raise fault("body", f"{len(blocks)}", Phrase("at most 200 blocks"))
    found = [_block(block, f"body[{number}]") for number, block in enumerate(blocks, start=1)]
    if len(written(found).encode("utf-8")) > MOST_BYTES:
        raise fault("body", "> 1 MB", Phrase("shorter; put long tables into a data set and link to it"))
    return found


def lacking(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Where a text is there in one language only, or in none: place and the language that is missing."""
    for number, block in enumerate(blocks, start=1):
        for where, words in texts_of(block):
            for language in LANGUAGES:
                if not words[language]:
                    yield f"body[{number}].{where}", language


def texts_of(block: Block) -> Iterator[tuple[str, Words]]:
    """Every text that a reader is to see, with its place in the block."""
    kind = block["type"]
    if kind == "list":
        yield from ((f"items[{n}]", item) for n, item in enumerate(block["items"], start=1))
    elif kind == "table":
        yield "caption", block["caption"]
        yield from ((f"columns[{n}]", item) for n, item in enumerate(block["columns"], start=1))
        for r, row in enumerate(block["rows"], start=1):
            # An empty cell is a statement of its own, one in a single language is not.
            yield from ((f"rows[{r}][{c}]", cell) for c, cell in enumerate(row, start=1) if any(cell.values()))
    elif kind == "figures":
        for n, item in enumerate(block["items"], start=1):
            yield f"items[{n}].name", item["name"]
            for name in ("missing", "judgement"):
                if any(item[name].values()):
                    yield f"items[{n}].{name}", item[name]
    elif kind == "warning":
        yield from ((name, block[name]) for name in ("event", "instruction"))
        yield from ((f"areas[{n}].name", area["name"]) for n, area in enumerate(block["areas"], start=1))
    else:
        yield "text", block["text"]


def lines(block: Block, language: str) -> list[str]:
    """The block as lines of plain text, for comparing, searching and reading."""
    other = "en" if language == "vi" else "vi"

    def said(words: Words) -> str:
        return words[language] or words[other]

    if block["type"] == "table":
        rows = [" | ".join(said(cell) for cell in row) for row in (block["columns"], *block["rows"])]
        return [line for line in (said(block["caption"]), *rows) if line]
    if block["type"] == "figures":
        return [_figure_line(item, said) for item in block["items"]]
    if block["type"] == "link":
        return [f"{said(block['text'])} ({block['url']})"]
    if block["type"] == "warning":
        areas = ", ".join(said(area["name"]) for area in block["areas"])
        values = ", ".join(
            block[name] for name in ("status", "category", "severity", "urgency", "certainty", "response")
        )
        return [said(block["event"]), values, f"{block['from']} – {block['until']}", areas, said(block["instruction"])]
    return [said(words) for _, words in texts_of(block)]


def _figure_line(item: Mapping[str, Any], said: Any) -> str:
    value = said(item["missing"]) if item["value"] is None else f"{item['value']:.{item['places']}f} {item['unit']}"
    parts = [f"{said(item['name'])}: {value}"]
    if item["target"] is not None:
        parts.append(f"→ {item['target']:.{item['places']}f}")
    for sign, name in (("1d", "day"), ("7d", "week")):
        if item[name] is not None:
            parts.append(f"{sign} {item[name]:+.{item['places']}f}")
    return "; ".join([*parts, said(item["judgement"])]).rstrip("; ")


def written(value: object) -> str:
    """Canonical JSON: sorted names, no spaces, letters as they are. The bytes are its UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- one block ------------------------------------------------------------------


def _block(block: object, at: str) -> dict[str, Any]:
    if not isinstance(block, Mapping):
        raise fault(at, block, Phrase("an object with a type"))
    kind = block.get("type")
    if kind not in TYPES:
        raise fault(f"{at}.type", kind, ", ".join(TYPES))
    made: dict[str, Any] = {"type": kind}
    if kind == "list":
        made["items"] = [words(item, f"{at}.items[{n}]") for n, item in _rows(block, "items", at)]
    elif kind == "table":
        made |= _table(block, at)
    elif kind == "warning":
        from dinh.spine.publications import warnings

        made |= warnings.checked(block, at)
    elif kind == "figures":
        made["items"] = [_figure(item, f"{at}.items[{n}]") for n, item in _rows(block, "items", at)]
    else:
        made["text"] = words(block.get("text"), f"{at}.text")
    if kind == "note":
        made["tone"] = one_of(block.get("tone", "info"), TONES, f"{at}.tone")
    if kind == "link":
        made["url"] = _address(block.get("url"), f"{at}.url")
    for name in block:
        if name not in made:
            raise fault(f"{at}.{name}", block[name], Phrase("left out: this kind of block has no such field"))
    return made


def words(value: object, at: str, *, longest: int = LONGEST_TEXT) -> Words:
    """A text in both languages, NFC; lines stay lines."""
    if value is None:
        return {"vi": "", "en": ""}
    if not isinstance(value, Mapping) or set(value) - set(LANGUAGES):
        raise fault(at, value, Phrase("an object with vi and en"))
    made: Words = {}
    for language in LANGUAGES:
        said = value.get(language, "")
        if not isinstance(said, str):
            raise fault(f"{at}.{language}", said, Phrase("text"))
        if len(said) > longest:
            raise fault(f"{at}.{language}", f"{len(said)}", Phrase("shorter"))
        made[language] = plain(said)
    return made


def plain(text: str) -> str:
    """NFC, without control characters but line ends, no spaces at the ends."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in normal if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Cf"} or c == "\u200d")
    return "\n".join(line.strip() for line in kept.split("\n")).strip()


def _table(block: Mapping[str, Any], at: str) -> dict[str, Any]:
    columns = [words(item, f"{at}.columns[{n}]") for n, item in _rows(block, "columns", at)]
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise fault(f"{at}.columns", f"{len(columns)}", Phrase("1 to 12 columns"))
    numeric = block.get("numeric", [False] * len(columns))
    if not isinstance(numeric, list) or [type(one) for one in numeric] != [bool] * len(columns):
        raise fault(f"{at}.numeric", numeric, Phrase("true or false for each column"))
    rows = []
    for r, row in _rows(block, "rows", at):
        if not isinstance(row, list) or len(row) != len(columns):
            raise fault(f"{at}.rows[{r}]", row, Phrase("as many cells as there are columns"))
        rows.append([words(cell, f"{at}.rows[{r}][{c}]") for c, cell in enumerate(row, start=1)])
    caption = words(block.get("caption"), f"{at}.caption")
    return {"caption": caption, "columns": columns, "numeric": numeric, "rows": rows}


def _figure(item: object, at: str) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise fault(at, item, Phrase("an object with a name and a value"))
    made: dict[str, Any] = {
        "name": words(item.get("name"), f"{at}.name"),
        "missing": words(item.get("missing"), f"{at}.missing"),
        "judgement": words(item.get("judgement"), f"{at}.judgement"),
        "level": one_of(item.get("level", ""), LEVELS, f"{at}.level"),
    }
    for name in ("value", "target", "day", "week"):
        made[name] = _number(item.get(name), f"{at}.{name}")
    unit, places, trend = item.get("unit", "1"), item.get("places", 1), item.get("trend", [])
    if not isinstance(unit, str) or len(unit) > 60:
        raise fault(f"{at}.unit", unit, Phrase("a UCUM code"))
    if type(places) is not int or not 0 <= places <= 9:
        raise fault(f"{at}.places", places, Phrase("a whole number from 0 to 9"))
    if not isinstance(trend, list) or len(trend) > MOST_ROWS:
        raise fault(f"{at}.trend", trend, Phrase("a list of numbers"))
    made |= {"unit": unit, "places": places, "trend": [_number(one, f"{at}.trend") for one in trend]}
    if made["value"] is None and not any(made["missing"].values()):
        raise fault(f"{at}.missing", "", Phrase("the reason why there is no value"))
    for name in item:
        if name not in made:
            raise fault(f"{at}.{name}", item[name], Phrase("left out: this kind of block has no such field"))
    return made


def _number(value: object, at: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise fault(at, value, Phrase("a number, or nothing"))
    return float(value)


def _rows(block: Mapping[str, Any], name: str, at: str) -> list[tuple[int, Any]]:
    found = block.get(name)
    if not isinstance(found, list):
        raise fault(f"{at}.{name}", found, Phrase("a list"))
    if len(found) > MOST_ROWS:
        raise fault(f"{at}.{name}", f"{len(found)}", Phrase("at most 500 rows"))
    return list(enumerate(found, start=1))


def one_of(value: object, permitted: Sequence[str], at: str) -> str:
    if value not in permitted:
        raise fault(at, value, ", ".join(one for one in permitted if one))
    return str(value)


def _address(value: object, at: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    own = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not (own or text.startswith(("https://", "http://"))) or len(text) > 1000 or any(c.isspace() for c in text):
        raise fault(at, value, Phrase("an address that begins with https:// or with / for a page of this site"))
    return text


def fault(at: str, value: object, wanted: str) -> Invalid:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return Invalid(
        "publications.block",
        "{place} is '{value}'; it should be {wanted}",
        place=at,
        value=shown[:80],
        wanted=wanted,
    )
