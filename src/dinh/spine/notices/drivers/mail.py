"""E-mail by SMTP. A message has the same Message-ID however often it is sent: SMTP may deliver twice after a crash, and
mailboxes that look at the Message-ID keep one."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.notices.drivers import TIMEOUT_S, Message, NotSent, Sent

AUTHENTICATION = frozenset({530, 534, 535, 538})
"""RFC 4954: the server does not take our name and password; no fault of the message."""


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str
    port: int
    user: str
    password: str
    encryption: str
    """starttls, tls or none."""
    sender: str

    def send(self, message: Message) -> Sent:
        backend = EmailBackend(
            host=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.encryption == "starttls",
            use_ssl=self.encryption == "tls",
            timeout=int(TIMEOUT_S),
            fail_silently=False,
        )
        number = f"<{message.ref}@{domain_of(self.sender)}>"
        try:
            letter = self._letter(message, number)
            backend.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as error:
            code, says = next(iter(error.recipients.values()), (550, b""))
            raise _not_sent(code, says) from error
        except smtplib.SMTPResponseException as error:
            raise _not_sent(error.smtp_code, error.smtp_error) from error
        except TimeoutError as error:
            raise NotSent("timeout", f"no answer within {TIMEOUT_S:g} s") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("unreachable", f"{type(error).__name__}: {error}") from error
        except ValueError as error:  # a header that cannot be written
            raise NotSent("rejected", f"{type(error).__name__}: {error}", permanent=True) from error
        return Sent(provider_id=number)

    def _letter(self, message: Message, number: str) -> EmailMessage:
        text = message.body or message.title
        if message.link:
            text = f"{text}\n\n{message.link}"
        headers = {
            "Message-ID": number,
            "Date": format_datetime(clock.now().astimezone(UTC)),
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        }
        if message.stop:
            headers["List-Unsubscribe"] = f"<{message.stop}>"
            # RFC 8058, 3.1: by one press only over HTTPS; a mail program opens any other address as a page.
            if message.stop.startswith("https://"):
                headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if message.emergency:
            headers["Importance"] = "high"
        subject = " ".join(message.title.split())
        return EmailMessage(subject, text + "\n", self.sender, [message.to], headers=headers)

    def describe(self) -> str:
        return f"SMTP at {self.host}:{self.port} ({self.encryption}), from {self.sender}"


def _not_sent(code: int, says: object) -> NotSent:
    words = says.decode("utf-8", "replace") if isinstance(says, bytes) else str(says)
    told = f"SMTP {code}: {words}"
    if code in AUTHENTICATION:
        return NotSent("not_let_in", told)
    if code < 500:
        return NotSent("busy", told)
    return NotSent("rejected", told, permanent=True)


def domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def from_address(value: str) -> Smtp:
    """`smtp://user:password@host:587?from=Tên <a@b>`; smtps:// is encrypted from the first byte; `?tls=none` sends in clear.

    Raises Invalid `notices.email_setting`.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit("none:"), None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise Invalid(
            "notices.email_setting",
            "DINH_EMAIL is no address of a mail server; give smtp://user:password@host:587?from=name@example.vn, or file",
        )
    query = parse_qs(parts.query)
    encryption = "tls" if parts.scheme == "smtps" else query.get("tls", ["starttls"])[0]
    sender = query.get("from", [f"Đình <no-reply@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"])[0]
    if encryption not in {"starttls", "tls", "none"} or "@" not in parseaddr(sender)[1]:
        raise Invalid(
            "notices.email_options",
            "DINH_EMAIL has ?tls={tls} and ?from={sender}; tls is starttls or none, from is a name and an address",
            tls=encryption[:40],
            sender=sender[:200],
        )
    default = 465 if encryption == "tls" else 587
    return Smtp(
        parts.hostname,
        port or default,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        encryption,
        sender,
    )


def try_connection(driver: Smtp) -> str:
    """'' when the server lets us in, else what it says; for `dinh check`."""
    backend = EmailBackend(
        host=driver.host,
        port=driver.port,
        username=driver.user,
        password=driver.password,
        use_tls=driver.encryption == "starttls",
        use_ssl=driver.encryption == "tls",
        timeout=5,
        fail_silently=False,
    )
    try:
        backend.open()
        backend.close()
    except (OSError, smtplib.SMTPException) as error:
        return f"{type(error).__name__}: {error}"
    return ""
