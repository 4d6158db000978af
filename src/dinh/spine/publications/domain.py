"""States of a version and the steps between them; what is hashed; how versions compare. No Django here."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dinh.kernel.errors import Conflict, Invalid, Phrase
from dinh.kernel.vietnamese_text import fold
from dinh.spine.publications import blocks
from dinh.spine.publications.api import BlockDifference, Part

FORMAT: Final = "dinh-publication-1"
PREFIX: Final = "urn:dinh:publication:"
SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")
WARNING: Final = "warning"
"""The kind whose versions hold exactly one block of the type `warning`."""
OPEN: Final = ("draft", "in_review", "checked", "scheduled")
"""A publication has at most one version in these."""
PUBLIC: Final = ("published", "corrected")
LICENCES: Final = ("CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0", "ODbL-1.0", "all-rights-reserved")

STEPS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "save": (("draft",), "draft"),
    "submit": (("draft",), "in_review"),
    "send_back": (("in_review", "checked"), "draft"),
    "approve": (("in_review",), "checked"),
    "schedule": (("checked", "scheduled"), "scheduled"),
    "unschedule": (("scheduled",), "checked"),
    "publish": (("checked", "scheduled"), "published"),
    "drop": (("draft",), "dropped"),
    "replace": (("published",), "corrected"),
    "withdraw": (("published",), "withdrawn"),
}
"""Step: the states it starts from and the one it leads to."""

STATE_NAMES: Final = {
    "draft": Phrase("a draft"),
    "in_review": Phrase("in review"),
    "checked": Phrase("checked"),
    "scheduled": Phrase("scheduled"),
    "published": Phrase("published"),
    "corrected": Phrase("corrected by a later version"),
    "withdrawn": Phrase("withdrawn"),
    "dropped": Phrase("dropped"),
}


def step(state: str, name: str) -> str:
    """The state after a step. Raises Conflict `publications.not_possible_now` naming what is possible."""
    starts, end = STEPS[name]
    if state in starts:
        return end
    raise Conflict(
        "publications.not_possible_now",
        "this version is {state}, so this step cannot be taken now; load the page again to see what can be done",
        state=STATE_NAMES[state],
        step=name,
    )


@dataclass(frozen=True, slots=True)
class Content:
    """What people wrote: title, summary, correction note and body."""

    title: blocks.Words
    summary: blocks.Words
    note: blocks.Words
    body: Sequence[blocks.Block]

    @classmethod
    def of(cls, *, title: object, summary: object, note: object, body: object) -> Content:
        """Raises Invalid `publications.block`, `publications.no_title`."""
        made = cls(
            title={k: " ".join(v.split()) for k, v in blocks.words(title, "title", longest=300).items()},
            summary=blocks.words(summary, "summary", longest=2000),
            note=blocks.words(note, "note", longest=2000),
            body=blocks.checked(body),
        )
        if not made.title["vi"]:
            raise Invalid("publications.no_title", "the Vietnamese title is empty; write it in at most 300 letters")
        return made

    def require_complete(self, *, correction: bool) -> None:
        """Raises Invalid `publications.incomplete` naming the first places where a language is missing."""
        named = {"title": self.title, "summary": self.summary} | ({"note": self.note} if correction else {})
        gaps = [(name, language) for name, words in named.items() for language in ("vi", "en") if not words[language]]
        gaps += list(blocks.lacking(self.body))
        if not self.body:
            gaps.append(("body", "vi"))
        if gaps:
            raise Invalid(
                "publications.incomplete",
                "{count} texts are missing, such as {places}; write them in both languages before the review",
                count=len(gaps),
                places=", ".join(f"{place} ({language})" for place, language in gaps[:5]),
            )

    def require_warning(self, kind: str) -> Sequence[str]:
        """The areas of a warning; nothing for other kinds. Raises Invalid `publications.warning`."""
        found = [block for block in self.body if block["type"] == WARNING]
        if len(found) != (kind == WARNING):
            raise Invalid(
                "publications.warning",
                "a publication of the kind '{kind}' has {count} warnings in it; a warning has exactly one, everything else none",
                kind=kind,
                count=len(found),
            )
        return tuple(area["urn"] for block in found for area in block["areas"])

    def searchable(self) -> str:
        said = [*self.title.values(), *self.summary.values()]
        for block in self.body:
            for language in ("vi", "en"):
                said += blocks.lines(block, language)
        return fold(" ".join(said))[:20_000]


def check_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise Invalid(
            "publications.slug",
            "'{value}' cannot be an address; use small letters a–z, digits and hyphens, at most 100",
            value=slug[:120],
        )
    return slug


def check_licence(licence: str) -> str:
    if licence not in LICENCES:
        raise Invalid(
            "publications.licence",
            "'{value}' is no licence that Đình knows; choose one of {known}",
            value=licence[:80],
            known=", ".join(LICENCES),
        )
    return licence


def urn_of(slug: str) -> str:
    return f"{PREFIX}{slug}"


def slug_of(urn: str) -> str:
    """The slug of a URN, or the slug itself."""
    return urn.removeprefix(PREFIX)


def commitment(salt: str, text: str) -> str:
    """SHA-256 over salt and text; without the salt a guess at the words cannot be checked."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode("utf-8")).hexdigest()


# --- comparing -------------------------------------------------------------------

_TOKEN: Final = re.compile(r"\s+|\w+|[^\w\s]")


def differences(old: Sequence[blocks.Block], new: Sequence[blocks.Block], language: str) -> Sequence[BlockDifference]:
    """Block by block, word by word: what was taken out and what was put in."""
    before, after = [blocks.written(block) for block in old], [blocks.written(block) for block in new]
    made: list[BlockDifference] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            made += [BlockDifference("same", block["type"], (_whole("same", block, language),)) for block in new[c:d]]
            continue
        pairs = min(b - a, d - c)
        for gone, come in zip(old[a : a + pairs], new[c : c + pairs], strict=True):
            if gone["type"] == come["type"]:
                said = words_compared("\n".join(blocks.lines(gone, language)), "\n".join(blocks.lines(come, language)))
                made.append(BlockDifference("changed", come["type"], said))
            else:
                made.append(BlockDifference("removed", gone["type"], (_whole("removed", gone, language),)))
                made.append(BlockDifference("added", come["type"], (_whole("added", come, language),)))
        made += [
            BlockDifference("removed", block["type"], (_whole("removed", block, language),))
            for block in old[a + pairs : b]
        ]
        made += [
            BlockDifference("added", block["type"], (_whole("added", block, language),)) for block in new[c + pairs : d]
        ]
    return tuple(made)


def words_compared(old: str, new: str) -> tuple[Part, ...]:
    """Runs of words that stayed, went and came; joined without `added` they are `old`, without `removed` `new`."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    parts: list[Part] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(Part("same", "".join(before[a:b])))
            continue
        if b > a:
            parts.append(Part("removed", "".join(before[a:b])))
        if d > c:
            parts.append(Part("added", "".join(after[c:d])))
    return tuple(parts)


def _whole(what: str, block: blocks.Block, language: str) -> Part:
    return Part(what, "\n".join(blocks.lines(block, language)))


def canonical(fields: Mapping[str, Any]) -> str:
    """The text whose SHA-256 stands in the ledger."""
    return blocks.written({"format": FORMAT, **fields})
