"""SMS through a gateway that takes JSON over HTTP.

POST {"id": ref, "to": "+84…", "text": …, "from": …} with `Idempotency-Key: ref`; the answer may name its own id as
{"id": …}. Receipts come to us signed: {"id": ref, "status": "delivered" | "failed", "at": …, "error": …}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import msgspec
from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.notices import sms_text
from dinh.spine.notices.drivers import Message, Receipt, Sent, http, signing


@dataclass(frozen=True, slots=True)
class Gateway:
    address: str
    user: str
    password: str
    sender: str
    without_marks: bool
    most_parts: int

    def send(self, message: Message) -> Sent:
        text = sms_text.message(
            message.title, message.body, message.link, most=self.most_parts, without_marks=self.without_marks
        )
        payload = {"id": message.ref, "to": message.to, "text": text}
        if self.sender:
            payload["from"] = self.sender
        answer = http.post(
            self.address,
            json=payload,
            headers={"Idempotency-Key": message.ref},
            auth=(self.user, self.password) if self.user else None,
        )
        return Sent(provider_id=_number_in(answer.content), parts=sms_text.parts(text))

    def receipts(self, headers: Mapping[str, str], body: bytes) -> Sequence[Receipt]:
        signing.require(settings.RECEIPTS_KEY, headers, body)
        return parsed(body)

    def describe(self) -> str:
        parts = urlsplit(self.address)
        return f"SMS gateway at {parts.hostname}" + (", without marks" if self.without_marks else "")


def _number_in(content: bytes) -> str:
    try:
        found = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return ""
    return str(found.get("id", ""))[:200] if isinstance(found, dict) else ""


class _Line(msgspec.Struct):
    id: str
    status: str
    at: str = ""
    error: str = ""


def parsed(body: bytes) -> Sequence[Receipt]:
    """One receipt or a list of them. Raises Invalid `notices.receipt`."""
    try:
        lines = msgspec.json.decode(body, type=list[_Line] | _Line)
    except msgspec.MsgspecError as error:
        raise _unreadable() from error
    found = []
    for line in lines if isinstance(lines, list) else [lines]:
        if line.status not in {"delivered", "read", "failed"}:
            raise _unreadable()
        try:
            at = clock.parse_moment(line.at) if line.at else None
        except DinhError:
            at = None
        found.append(Receipt(line.id, line.status, at, line.error[:500]))
    return found


def _unreadable() -> Invalid:
    return Invalid("notices.receipt", "this is no receipt; its form is on the operators' page on notices")


def from_address(value: str) -> Gateway:
    """`https://user:password@host/path?sender=CanTho&marks=no&parts=3`. Raises Invalid `notices.sms_setting`."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        place = f"[{host}]" if ":" in host else host
        if parts.port:
            place += f":{parts.port}"
    except ValueError:
        parts, place = urlsplit("none:"), ""
    query = parse_qs(parts.query)
    most = query.pop("parts", ["4"])[0]
    if (
        parts.scheme not in {"http", "https"}
        or not place
        or not (most.isascii() and most.isdigit() and 0 < int(most) < 11)
    ):
        raise Invalid(
            "notices.sms_setting",
            "DINH_SMS is no address of a gateway; give https://user:password@host/path?sender=NAME&marks=no&parts=4, or file",
        )
    return Gateway(
        address=urlunsplit((parts.scheme, place, parts.path or "/", "", "")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=query.get("sender", [""])[0],
        without_marks=query.get("marks", ["yes"])[0] == "no",
        most_parts=int(most),
    )
