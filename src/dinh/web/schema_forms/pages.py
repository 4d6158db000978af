"""The pages of a form, in the order of `x-pages`; without them all fields stand on one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dinh.kernel.specs import Text


@dataclass(frozen=True, slots=True)
class Page:
    code: str
    title: Text
    intro: Text
    fields: Sequence[str]


def pages_of(schema: Mapping[str, Any]) -> Sequence[Page]:
    declared = schema.get("x-pages")
    if not declared:
        return (Page("form", Text("Nội dung", "Content"), Text("", ""), tuple(schema.get("properties", {}))),)
    return tuple(
        Page(
            page["code"],
            Text(page["title"], page["title_en"]),
            Text(page.get("intro", ""), page.get("intro_en", "")),
            tuple(page["fields"]),
        )
        for page in declared
    )
