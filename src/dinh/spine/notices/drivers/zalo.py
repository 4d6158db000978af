"""Zalo notification service (ZNS): templates that Zalo approved beforehand, sent to a phone number.

A TOML file says where and with what: `address`, `token_file` (read anew for every message, so that whatever renews the
token needs to touch nothing else), for receipts `app_id` and `secret_file`, and `[templates."kind"]` tables with `id` and
`values`, which map Zalo's names to ours (`title`, `body`, `link` or a parameter of the notice).
"""

from __future__ import annotations

import hashlib
import hmac
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from dinh.kernel.errors import Invalid
from dinh.spine.notices.drivers import Message, NotSent, Receipt, Sent, http, signing

ADDRESS: Final = "https://business.openapi.zalo.me/message/template"
PASSING: Final = frozenset({-100, -115, -144, -147})
"""Zalo's codes for an unknown fault, an empty balance and a day's quota used up: later is better.
Source: Zalo Cloud, «Cách xử lý mã lỗi»."""
OURS: Final = frozenset({-101, -102, -103, -104, -105, -124})
"""The application, its secret or the token is wrong: the message waits for the settings to be mended."""


@dataclass(frozen=True, slots=True)
class Template:
    id: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Zns:
    address: str
    token_file: Path
    app_id: str
    secret_file: Path | None
    templates: Mapping[str, Template]

    def send(self, message: Message) -> Sent:
        template = self.templates.get(message.kind) or self.templates.get("*")
        if template is None:
            raise NotSent("no_template", f"no template of Zalo for '{message.kind}'", permanent=True)
        try:
            token = self.token_file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise NotSent("not_let_in", f"the token cannot be read: {type(error).__name__}") from error
        answer = http.post(
            self.address,
            json={
                "phone": message.to.removeprefix("+"),
                "template_id": template.id,
                "template_data": {theirs: _value(message, ours) for theirs, ours in template.values.items()},
                "tracking_id": message.ref,
            },
            headers={"access_token": token},
        )
        return _judged(answer.content)

    def receipts(self, headers: Mapping[str, str], body: bytes) -> Sequence[Receipt]:
        """Zalo signs with SHA-256 over application id, body, the body's own timestamp and the secret, in this order."""
        if self.secret_file is None:
            raise signing.forged()
        try:
            secret = self.secret_file.read_text(encoding="utf-8").strip()
            told = msgspec.json.decode(body)
            moment = str(told["timestamp"])
            said = body.decode("utf-8")
        except (OSError, msgspec.DecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
            raise signing.forged() from error
        wanted = hashlib.sha256(f"{self.app_id}{said}{moment}{secret}".encode()).hexdigest()
        given = headers.get("x-zevent-signature", "").removeprefix("mac=")
        seconds = moment[:-3] if len(moment) > 11 else moment
        if not (given.isascii() and hmac.compare_digest(wanted, given) and signing.fresh(seconds)):
            raise signing.forged()
        inner = told.get("message")
        if told.get("event_name") != "user_received_message" or not isinstance(inner, dict):
            return ()
        ref = str(inner.get("tracking_id", ""))
        return [Receipt(ref, "delivered", datetime.fromtimestamp(int(seconds), UTC))] if ref else ()

    def describe(self) -> str:
        return f"Zalo at {urlsplit(self.address).hostname}, {len(self.templates)} templates"


def _value(message: Message, ours: str) -> str:
    if ours in {"title", "body", "link"}:
        return str(getattr(message, ours))
    value = message.params.get(ours, "")
    return str(value.get(message.language, "")) if isinstance(value, Mapping) else str(value)


def _judged(content: bytes) -> Sent:
    """Zalo answers 200 also where it refuses: what counts is `error`."""
    try:
        told: Any = msgspec.json.decode(content)
        code = int(told.get("error", 0))
    except (msgspec.DecodeError, AttributeError, TypeError, ValueError) as error:
        raise NotSent("busy", "the answer cannot be read") from error
    if code == 0:
        inner = told.get("data")
        return Sent(provider_id=str(inner.get("msg_id", ""))[:200] if isinstance(inner, dict) else "")
    says = f"Zalo {code}: {str(told.get('message', ''))[:300]}"
    if code in OURS:
        raise NotSent("not_let_in", says)
    if code in PASSING:
        raise NotSent("busy", says)
    raise NotSent("rejected", says, permanent=True)


def from_file(value: str) -> Zns:
    """Raises Invalid `notices.zalo_setting` with what is wrong in the file."""
    path = Path(value)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        templates = {
            kind: Template(str(row["id"]), {str(name): str(ours) for name, ours in row.get("values", {}).items()})
            for kind, row in told.get("templates", {}).items()
        }
        token_file = Path(told["token_file"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            "notices.zalo_setting",
            "the file '{path}' that DINH_ZALO names cannot be used ({reason}); see the operators' page on notices",
            path=value[:200],
            reason=f"{type(error).__name__}: {error}"[:200],
        ) from error
    secret = told.get("secret_file")
    return Zns(
        address=str(told.get("address", ADDRESS)),
        token_file=path.parent / token_file,
        app_id=str(told.get("app_id", "")),
        secret_file=path.parent / str(secret) if secret else None,
        templates=templates,
    )
