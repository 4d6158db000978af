"""What notices hold of a person: messages, what they chose, where they are reached; and their name in others' messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q

from dinh.kernel.manifests import Text
from dinh.kernel.vietnamese_text import fold
from dinh.spine.notices import keeping, kinds, models
from dinh.spine.notices.addresses import WORDS
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import personal as register

AT_ONCE: Final = 500
MESSAGES: Final = Text("Lời của tin gửi cho bạn", "Words of messages to you")
CHOICES: Final = Text("Lựa chọn nhận tin, địa chỉ, trình duyệt", "Choices, addresses, browsers")
SENT: Final = Text("Rằng đã có tin, khi nào, qua kênh nào", "That there were messages, when and by which channel")
WHY: Final = Text(
    "Cơ quan phải chứng minh được đã báo cho bạn; lời của tin thì không còn.",
    "The office must be able to prove that it told you; the words of the messages are gone.",
)


def export(person: str) -> Sequence[register.Section]:
    known = kinds.kinds()
    return (
        register.Section(
            "messages",
            Text("Tin gửi cho bạn", "Messages to you"),
            {
                "at": Text("Lúc", "At"),
                "channel": Text("Kênh", "Channel"),
                "state": Text("Trạng thái", "State"),
                "title": Text("Tiêu đề", "Title"),
                "body": Text("Nội dung", "Words"),
                "read_at": Text("Đọc lúc", "Read at"),
            },
            [
                {
                    "at": row.created_at,
                    "channel": row.channel,
                    "state": row.state,
                    "title": row.title,
                    "body": row.body,
                    "read_at": row.read_at,
                }
                for row in models.Delivery.objects.filter(recipient=person).order_by("pk")
            ],
        ),
        register.Section(
            "choices",
            Text("Bạn muốn nhận gì", "What you want to hear"),
            {"kind": Text("Loại", "Kind"), "channel": Text("Kênh", "Channel"), "wanted": Text("Chọn", "Choice")},
            [
                {
                    "kind": known[row.kind].name if row.kind in known else row.kind,
                    "channel": row.channel,
                    "wanted": row.wanted,
                }
                for row in models.Preference.objects.filter(person=person).order_by("kind", "channel")
            ],
        ),
        register.Section(
            "times",
            Text("Giờ yên tĩnh, giờ bản tổng hợp", "Quiet hours, time of the digest"),
            {"from": Text("Từ", "From"), "to": Text("Đến", "To"), "digest": Text("Bản tổng hợp", "Digest")},
            [
                {"from": row.quiet_from, "to": row.quiet_to, "digest": row.digest_at}
                for row in models.PersonSetting.objects.filter(person=person)
            ],
        ),
        register.Section(
            "addresses",
            Text("Địa chỉ nhận tin", "Addresses"),
            {
                "kind": Text("Loại", "Kind"),
                "value": Text("Địa chỉ", "Address"),
                "pending": Text("Chờ xác nhận", "Not confirmed yet"),
                "verified_at": Text("Xác nhận lúc", "Confirmed at"),
            },
            [
                {"kind": row.kind, "value": row.value, "pending": row.pending, "verified_at": row.verified_at}
                for row in models.Address.objects.filter(person=person).order_by("kind")
            ],
        ),
        register.Section(
            "browsers",
            Text("Trình duyệt nhận tin đẩy (không có khoá)", "Browsers that take messages (without their keys)"),
            {
                "label": Text("Tên", "Name"),
                "endpoint": Text("Địa chỉ", "Address"),
                "created_at": Text("Thêm lúc", "Added at"),
                "used_at": Text("Dùng lúc", "Used at"),
            },
            [
                {
                    "label": row.label,
                    "endpoint": row.endpoint,
                    "created_at": row.created_at,
                    "used_at": row.used_at,
                }
                for row in models.Browser.objects.filter(person=person).order_by("pk")
            ],
        ),
    )


def outlook(person: str) -> register.Outcome:
    messages = models.Delivery.objects.filter(recipient=person).count()
    chosen = sum(
        model._default_manager.filter(person=person).count()
        for model in (models.Preference, models.PersonSetting, models.Address, models.Browser)
    )
    return register.Outcome(
        gone=(register.Counted(MESSAGES, messages), register.Counted(CHOICES, chosen)),
        kept=(register.Counted(SENT, messages, WHY),),
    )


def erase(person: str, by: str) -> register.Outcome:
    outcome = outlook(person)
    row = parties.parties([person]).get(person)
    addresses = {f"mailto:{row.email.lower()}"} if row and row.email else set()
    for own in models.Address.objects.filter(person=person):
        addresses |= {f"{WORDS[own.kind]}:{value}" for value in (own.value, own.pending) if value}
    keeping.forget(person)
    for address in sorted(addresses):
        keeping.forget_address(address)
    if row is not None:
        _forget_name(row.name_vi, row.email, register.office_name(person))
    return outcome


def _forget_name(name: str, email: str, office: str) -> None:
    """In messages to others, such as «An assigned 2026-000123 to you». A name of one word may be a word of the language:
    it is replaced only where a message names who did something."""
    whole = {word for word in (name, email) if word}
    found = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(whole)))
    touched: set[int] = set()
    for notice in models.Notice.objects.exclude(params={}).iterator(chunk_size=AT_ONCE):
        if name in notice.params.values():
            touched.add(notice.pk)
            notice.params = _without(notice.params, name, office)
            notice.save(update_fields=["params"])
    said = Q(notice__in=touched) if touched else Q(pk__in=())
    for word in whole if " " in name else whole - {name}:
        said |= Q(title__contains=word) | Q(body__contains=word)
    for row in models.Delivery.objects.filter(said).iterator(chunk_size=AT_ONCE):
        row.title, row.body = found.sub(office, row.title)[:300], found.sub(office, row.body)
        row.search = fold(f"{row.title} {row.body}") if row.search else ""
        row.save(update_fields=["title", "body", "search"])


def _without(params: dict[str, Any], name: str, office: str) -> dict[str, Any]:
    return {key: office if value == name else value for key, value in params.items()}


HOLDER: Final = register.Holder("notices", Text("Thông báo", "Notices"), export, outlook, erase)
