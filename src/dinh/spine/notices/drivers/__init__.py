"""What carries messages out of the house. A driver is given a message and the same `ref` again after a crash: it must
then send nothing twice, or hand the ref on to whoever can tell repetitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

from django.conf import settings

from dinh.kernel.errors import DinhError, Invalid

TIMEOUT_S: Final = 15.0
OUTSIDE: Final = ("email", "push", "sms", "zalo")


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser takes web push."""

    id: int
    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Message:
    """`to` is an e-mail address or a phone number as +84…; for push it is '' and `browsers` say where to. `stop` is where
    one POST ends such messages; '' where nothing does."""

    ref: str
    to: str
    title: str
    body: str
    link: str
    language: str
    kind: str
    params: Mapping[str, Any]
    emergency: bool = False
    browsers: Sequence[Browser] = ()
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """`gone`: ids of browsers that do not exist any more; `parts` of a text message."""

    provider_id: str = ""
    parts: int | None = None
    gone: Sequence[int] = ()


class NotSent(Exception):
    """`code` is one of dinh.spine.notices.api.ERRORS, `says` the other side's words; `permanent` ones are not tried again."""

    def __init__(
        self, code: str, says: str, *, permanent: bool = False, wait: timedelta | None = None, gone: Sequence[int] = ()
    ) -> None:
        super().__init__(says)
        self.code = code
        self.says = says[:1000]
        self.permanent = permanent
        self.wait = wait
        self.gone = gone


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side tells later: `state` is delivered, read or failed."""

    ref: str
    state: str
    at: datetime | None = None
    says: str = ""


class Driver(Protocol):
    def send(self, message: Message) -> Sent:
        """Raises NotSent."""

    def describe(self) -> str:
        """Where it sends to, without secrets, for `dinh check`."""


def driver(channel: str) -> Driver | None:
    """None where the channel is off. Raises Invalid for a setting that makes no sense."""
    value = settings.NOTICE_CHANNELS.get(channel, "")
    return _made(channel, value, str(settings.OUTGOING)) if value else None


@lru_cache(maxsize=64)
def _made(channel: str, value: str, folder: str) -> Driver:
    from dinh.spine.notices.drivers import files, mail, sms, webpush, zalo

    if value == "file":
        return files.Files(channel, folder)
    if channel == "email":
        return mail.from_address(value)
    if channel == "sms":
        return sms.from_address(value)
    if channel == "zalo":
        return zalo.from_file(value)
    if value != "web":
        raise Invalid("notices.push_setting", "DINH_PUSH is '{value}'; give web, file or nothing", value=value[:100])
    return webpush.WebPush()


def on(channel: str) -> bool:
    """Whether the channel carries messages; one that is set up wrongly does not, and `dinh check` says why."""
    if channel == "inbox":
        return True
    try:
        return driver(channel) is not None
    except DinhError:
        return False
