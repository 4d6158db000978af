"""Kinds that only these tests declare, and a driver that does what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dinh.kernel.specs import NoticeSpec, Text
from dinh.spine.notices.drivers import Message, Sent

DAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Ten in the morning in Vietnam."""
KINDS = (
    NoticeSpec(
        "test.told", Text("Thử", "Test"), Text("{what} vượt ngưỡng", "{what} too high"), Text("Xem {what}.", "See {what}."),
        channels=("inbox", "email"),
    ),
    NoticeSpec(
        "test.all", Text("Mọi kênh", "Every channel"), Text("Tin {what}", "News {what}"), Text("Xem", "See"),
        channels=("inbox", "email", "push", "sms", "zalo"),
    ),
    NoticeSpec(
        "test.siren", Text("Khẩn", "Siren"), Text("Khẩn: {what}", "Urgent: {what}"), Text("Ngay", "Now"),
        channels=("inbox", "email"), emergency=True,
    ),
    NoticeSpec("test.sms", Text("SMS", "SMS"), Text("Mã {what}", "No. {what}"), Text("Xem", "See"), channels=("sms",)),
)  # fmt: skip


@dataclass
class Carrier:
    """A driver of a test: notes what it was given, then does `then`, if anything."""

    then: Callable[[Message], None] | None = None
    given: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Sent:
        self.given.append(message)
        if self.then:
            self.then(message)
        return Sent(provider_id="x")

    def describe(self) -> str:
        return "a test"
