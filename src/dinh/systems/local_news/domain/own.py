"""The house's own warnings as CAP messages: what stands in a published version, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dinh.systems.local_news.domain.cap import Area, Info, Message, Pair, Point, Reference

LANGUAGES: Final = (("vi", "vi-VN"), ("en", "en-US"))
EXERCISE: Final = "DIỄN TẬP, không phải tình huống thật. EXERCISE, not a real event."


@dataclass(frozen=True, slots=True)
class Warned:
    """A commune with its codes and, where its boundary is exact, its rings."""

    urn: str
    code: str
    name: Mapping[str, str]
    rings: Sequence[Sequence[Point]] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A version of a warning's publication: its number, when it was published and the words."""

    slug: str
    number: int
    published_at: datetime
    title: Mapping[str, str]
    text: Mapping[str, str]
    block: Mapping[str, Any]
    exercise: bool


def identifier(slug: str, number: int) -> str:
    return f"urn:dinh:publication:{slug}:v{number}"


def message(
    told: Told, *, earlier: Sequence[tuple[int, datetime]], sender: str, sender_name: Mapping[str, str], web: str,
    areas: Sequence[Warned],
) -> Message:  # fmt: skip
    """An Alert; an Update of all `earlier` versions where there are any."""
    return Message(
        identifier=identifier(told.slug, told.number),
        sender=sender,
        sent=whole(told.published_at),
        status="Exercise" if told.exercise else "Actual",
        kind="Update" if earlier else "Alert",
        scope="Public",
        note=EXERCISE if told.exercise else "",
        references=tuple(Reference(sender, identifier(told.slug, n), whole(at)) for n, at in earlier),
        infos=tuple(_info(told, code, tag, sender_name, web, areas) for code, tag in LANGUAGES),
    )


def cancel(
    told: Told, *, earlier: Sequence[tuple[int, datetime]], at: datetime, reason: Mapping[str, str], sender: str,
    sender_name: Mapping[str, str], web: str, areas: Sequence[Warned],
) -> Message:  # fmt: skip
    """Takes back every version; its words are the title and the reason, as on the page that stays."""
    infos = []
    for code, tag in LANGUAGES:
        info = _info(told, code, tag, sender_name, web, areas)
        infos.append(
            Info(
                categories=info.categories,
                event=info.event,
                urgency="Past",
                severity=info.severity,
                certainty=info.certainty,
                language=tag,
                responses=("AllClear",),
                expires=info.expires,
                sender_name=info.sender_name,
                headline=info.headline,
                description=reason.get(code, ""),
                web=web,
                areas=info.areas,
            )
        )
    return Message(
        identifier=f"urn:dinh:publication:{told.slug}:withdrawn",
        sender=sender,
        sent=whole(at),
        status="Exercise" if told.exercise else "Actual",
        kind="Cancel",
        scope="Public",
        note=EXERCISE if told.exercise else "",
        references=tuple(Reference(sender, identifier(told.slug, n), whole(moment)) for n, moment in earlier),
        infos=tuple(infos),
    )


def whole(moment: datetime) -> datetime:
    """CAP tells whole seconds."""
    return moment.replace(microsecond=0)


def _info(told: Told, code: str, tag: str, sender_name: Mapping[str, str], web: str, areas: Sequence[Warned]) -> Info:
    block = told.block
    return Info(
        categories=(str(block["category"]),),
        event=block["event"][code],
        urgency=str(block["urgency"]),
        severity=str(block["severity"]),
        certainty=str(block["certainty"]),
        language=tag,
        responses=(str(block["response"]),),
        effective=whole(told.published_at),
        onset=datetime.fromisoformat(block["from"]),
        expires=datetime.fromisoformat(block["until"]),
        sender_name=sender_name.get(code, "") or sender_name.get("vi", ""),
        headline=told.title[code],
        description=told.text[code],
        instruction=block["instruction"][code],
        web=web,
        areas=tuple(
            Area(
                description=area.name[code],
                polygons=tuple(tuple(ring) for ring in area.rings),
                geocodes=(Pair("urn:dinh:unit", area.urn), Pair("VN-GSO", area.code)),
            )
            for area in areas
        ),
    )
