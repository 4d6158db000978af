"""A copy as one ZIP: JSON for programs, a page for people, the files as they were given."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dinh.kernel.specs import Text
from dinh.kernel.vietnamese_text import format_moment, slug
from dinh.spine.parties.personal import Section

MOST_BYTES: Final = 256 * 1024 * 1024
"""Of files in one copy; those beyond are named in the page and can be opened where they were given."""
TITLE: Final = Text("Dữ liệu cá nhân của bạn trên Đình", "Your personal data in Đình")
MADE: Final = Text("Lập lúc {at}.", "Made at {at}.")
NOTHING: Final = Text("Không có gì.", "Nothing.")
LEFT_OUT: Final = Text(
    "Quá lớn để đưa vào đây; mở tại nơi bạn đã gửi: {names}",
    "Too large to be put here; open them where you gave them: {names}",
)
STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}h2{margin-top:2.5rem}"
)


def packed(parts: Sequence[tuple[str, Text, Sequence[Section]]], *, language: str, at: datetime) -> bytes:
    """`parts` are the code and name of each holder with what it gave."""
    buffer = io.BytesIO()
    given = 0
    pages: list[SafeString] = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for code, name, sections in parts:
            tables = []
            for section in sections:
                put, left_out = [], []
                for number, file in enumerate(section.files, start=1):
                    path = f"files/{code}/{number}-{_file_name(file.name)}"
                    if given + len(file.content) > MOST_BYTES:
                        left_out.append(file.name)
                        continue
                    given += len(file.content)
                    archive.writestr(path, file.content)
                    put.append(path)
                tables.append(_table(section, put, left_out, language))
            archive.writestr(f"{code}.json", _as_json(name, sections))
            pages.append(format_html("<h2>{}</h2>{}", name.in_(language), SafeString("".join(tables))))
        archive.writestr("index.html", _page(pages, language, at))
    return buffer.getvalue()


def _file_name(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return (
        f"{slug(stem)[:60] or 'tep'}.{re.sub(r'[^A-Za-z0-9]', '', extension)[:5]}" if dot else slug(name)[:60] or "tep"
    )


def _as_json(name: Text, sections: Sequence[Section]) -> str:
    said = {
        "name": {"vi": name.vi, "en": name.en},
        "sections": {
            section.code: {
                "title": {"vi": section.title.vi, "en": section.title.en},
                "note": {"vi": section.note.vi, "en": section.note.en} if section.note else None,
                "columns": {key: {"vi": text.vi, "en": text.en} for key, text in section.columns.items()},
                "rows": [dict(row) for row in section.rows],
            }
            for section in sections
        },
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Text):
        return {"vi": value.vi, "en": value.en}
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str)
    return str(value)


def _cell(value: Any, language: str) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, datetime):
        return format_moment(value, language)
    if isinstance(value, dict | list | tuple | set | frozenset):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _table(section: Section, files: Sequence[str], left_out: Sequence[str], language: str) -> SafeString:
    note = format_html("<p>{}</p>", section.note.in_(language)) if section.note else ""
    heads = format_html_join("", "<th>{}</th>", ((text.in_(language),) for text in section.columns.values()))
    lines = format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (format_html_join("", "<td>{}</td>", ((_cell(row.get(key), language),) for key in section.columns)),)
            for row in section.rows
        ),
    )
    table = format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", heads, lines)
    links = format_html_join("", '<li><a href="{0}">{0}</a></li>', ((path,) for path in files))
    more = format_html("<p>{}</p>", LEFT_OUT.in_(language).format(names=", ".join(left_out))) if left_out else ""
    nothing = format_html("<p>{}</p>", NOTHING.in_(language)) if not section.note else ""
    return format_html(
        "<h3>{}</h3>{}{}<ul>{}</ul>{}",
        section.title.in_(language),
        note,
        table if section.rows else nothing,
        links,
        more,
    )


def _page(parts: Sequence[SafeString], language: str, at: datetime) -> str:
    title = TITLE.in_(language)
    return format_html(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head>'
        "<body><h1>{}</h1><p>{}</p>{}</body></html>\n",
        language,
        title,
        SafeString(STYLE),
        title,
        MADE.in_(language).format(at=format_moment(at, language)),
        SafeString("".join(parts)),
    )
