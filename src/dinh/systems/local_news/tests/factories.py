"""People, communes, feeds and messages to try the news with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from dinh.kernel import clock
from dinh.spine.parties.api import SYSTEM, Actor, Grant
from dinh.systems.local_news.actions import alerts, feeds, warnings
from dinh.systems.local_news.domain.cap import Area, Info, Message, Pair, Reference
from dinh.systems.local_news.exports import cap_writing
from dinh.systems.local_news.feeds.fetching import Fetched

TRAN_DE, VINH_CHAU, MY_TU = (f"urn:dinh:unit:2025:{code}" for code in ("31673", "31783", "31567"))
MY_TU_ROUND = "9.55,105.70 9.75,105.70 9.75,105.90 9.55,105.90 9.55,105.70"


def someone(name: str, role: str, place: str | None = None) -> Actor:
    return Actor(f"urn:dinh:person:{name}", f"Nguyễn {name}", (Grant(role, place),), is_staff=True)


AN, BINH, CHI = someone("an", "official"), someone("binh", "official"), someone("chi", "leader")


def moment(**ago: float) -> datetime:
    return (clock.now() - timedelta(**ago)).replace(microsecond=0).astimezone(UTC)


def message(identifier: str = "a1", **changes: Any) -> Message:
    """A severe weather warning for Trần Đề, in force for six hours."""
    names = {"severity", "urgency", "expires", "areas", "effective", "language", "headline"}
    info = Info(
        **{
            "categories": ("Met",),
            "event": "Mưa lớn",
            "urgency": "Expected",
            "severity": "Severe",
            "certainty": "Likely",
            "language": "vi-VN",
            "headline": f"Mưa lớn {identifier}",
            "instruction": "Ở trong nhà.",
            "expires": moment(hours=-6),
            "areas": (Area("xã Trần Đề", geocodes=(Pair("VN-GSO", "31673"),)),),
            **{name: changes.pop(name) for name in names & changes.keys()},
        }
    )
    values: dict[str, Any] = {
        "identifier": identifier,
        "sender": "tram@example.vn",
        "sent": moment(minutes=10),
        "status": "Actual",
        "kind": "Alert",
        "scope": "Public",
        "infos": (info,),
    }
    return Message(**(values | changes))


def area_of(commune: str) -> tuple[Area, ...]:
    return (Area("x", geocodes=(Pair("urn:dinh:unit", commune),)),)


def sent(given: Message, channel: str = "desk") -> alerts.Received:
    return alerts.receive(cap_writing.write(given), channel=channel)


def about(*earlier: Message) -> tuple[Reference, ...]:
    return tuple(one.reference for one in earlier)


def feed(**changes: Any) -> int:
    values: dict[str, Any] = {
        "name_vi": "Báo xã", "name_en": "Paper", "address": "https://bao.example.vn/tin.rss", "kind": "media",
        "place": str(settings.AREA),
    }  # fmt: skip
    return feeds.save(feeds.Described(**(values | changes)), by=SYSTEM)


def rss(*items: str) -> feeds.Came:
    text = f'<rss version="2.0"><channel><title>Báo</title>{"".join(items)}</channel></rss>'
    return feeds.Came(Fetched(text.encode(), "https://bao.example.vn/tin.rss", '"1"'))


def item(guid: str, title: str, summary: str = "", **more: str) -> str:
    link = more.get("link", f"https://bao.example.vn/{guid}")
    date = f"<pubDate>{more['date']}</pubDate>" if "date" in more else ""
    return f"<item><guid>{guid}</guid><title>{title}</title><link>{link}</link><description>{summary}</description>{date}</item>"


def draft(**changes: Any) -> warnings.Draft:
    values: dict[str, Any] = {
        "title": {"vi": "Nước mặn lên cao", "en": "Salt water is high"},
        "text": {"vi": "Độ mặn vượt 4 g/l.", "en": "Salinity passes 4 g/l."},
        "event": {"vi": "Xâm nhập mặn", "en": "Salt water intrusion"},
        "instruction": {"vi": "Không lấy nước sông.", "en": "Take no river water."},
        "category": "Env", "severity": "Severe", "urgency": "Expected", "certainty": "Likely", "response": "Prepare",
        "begins": moment(), "ends": moment(hours=-12), "areas": [TRAN_DE],
    }  # fmt: skip
    return warnings.Draft(**(values | changes))
