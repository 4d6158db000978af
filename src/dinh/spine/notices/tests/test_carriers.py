"""Drivers against small servers of this machine that answer, are late, refuse, and ask for patience."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dinh.kernel import clock
from dinh.kernel.errors import Refused
from dinh.spine.notices import api, models
from dinh.spine.notices.drivers import Browser, Message, NotSent, http, mail, sms, webpush, zalo
from dinh.spine.parties.api import Actor

REF = "0123456789abcdef" * 2
TEXT = Message(
    REF, "+84912345678", "Độ mặn vượt 4 g/l", "Trạm Mỹ Thanh.", "https://dinh.example.vn/x/", "vi", "k", {"what": "x"}
)


@dataclass
class Gateway:
    """Answers with what `say` holds, one after another; the last one again and again."""

    url: str = ""
    say: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b'{"id": "gw-1"}')])
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    late_s: float = 0.0


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(made.late_s)
            status, headers, answer = made.say.pop(0) if len(made.say) > 1 else made.say[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def failure(send: Callable[[], object]) -> NotSent:
    with pytest.raises(NotSent) as raised:
        send()
    return raised.value


def test_the_gateway_is_given_the_text_once_by_its_key(gateway: Gateway) -> None:
    driver = sms.from_address(gateway.url.replace("http://", "http://an:m%40t@") + "/send?sender=CanTho&marks=no")
    sent = driver.send(TEXT)
    ((path, headers, body),) = gateway.heard
    assert (sent.provider_id, sent.parts, path) == ("gw-1", 1, "/send")
    assert headers["idempotency-key"] == REF
    assert headers["authorization"] == "Basic " + base64.b64encode(b"an:m@t").decode()
    assert json.loads(body) == {
        "id": REF,
        "to": "+84912345678",
        "text": "Do man vuot 4 g/l. Tram My Thanh. https://dinh.example.vn/x/",
        "from": "CanTho",
    }
    assert "m@t" not in driver.describe()


@pytest.mark.parametrize(
    ("status", "headers", "code", "permanent", "wait"),
    [
        (500, {}, "busy", False, None),
        (503, {"Retry-After": "120"}, "busy", False, timedelta(seconds=120)),
        (429, {"Retry-After": "7"}, "busy", False, timedelta(seconds=7)),
        (401, {}, "not_let_in", False, None),
        (400, {}, "rejected", True, None),
        (410, {}, "gone", True, None),
        (302, {"Location": "http://127.0.0.1:1/"}, "rejected", True, None),
    ],
)
def test_what_an_answer_means(
    gateway: Gateway, status: int, headers: dict[str, str], code: str, permanent: bool, wait: timedelta | None
) -> None:
    gateway.say = [(status, headers, "lỗi".encode())]
    error = failure(lambda: sms.from_address(gateway.url).send(TEXT))
    assert (error.code, error.permanent, error.wait) == (code, permanent, wait)
    assert f"HTTP {status}" in error.says
    assert len(gateway.heard) == 1  # no redirect is followed


def test_whoever_is_silent_or_away_is_tried_again(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT_S", 0.15)
    gateway.late_s = 0.4
    assert failure(lambda: sms.from_address(gateway.url).send(TEXT)).code == "timeout"
    away = failure(lambda: sms.from_address("http://127.0.0.1:9/").send(TEXT))
    assert (away.code, away.permanent) == ("unreachable", False)


def test_retry_after_is_seconds_or_a_date() -> None:
    soon = (clock.now() + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    waits = [http.retry_after(text) for text in ("30", soon, "", "bald", "99999999999")]
    assert waits[0] == timedelta(seconds=30)
    assert waits[1]
    assert timedelta(seconds=80) < waits[1] <= timedelta(seconds=90)
    assert waits[2:] == [None, None, None]


# --- Zalo -----------------------------------------------------------------------------


@pytest.fixture
def zns(gateway: Gateway, tmp_path: Path) -> zalo.Zns:
    (tmp_path / "token").write_text("secret-token\n")
    (tmp_path / "oa").write_text("oa-secret")
    file = tmp_path / "zalo.toml"
    file.write_text(
        f'address = "{gateway.url}/message/template"\ntoken_file = "token"\napp_id = "42"\nsecret_file = "oa"\n'
        '[templates.k]\nid = "1001"\nvalues = {noi_dung = "title", chi_so = "what"}\n'
    )
    return zalo.from_file(str(file))


def test_zalo_is_given_its_template_and_its_refusals_are_read_in_the_answer(gateway: Gateway, zns: zalo.Zns) -> None:
    gateway.say = [
        (200, {}, b'{"error": 0, "data": {"msg_id": "z1"}}'),
        (200, {}, b'{"error": -118, "message": "no such account"}'),
        (200, {}, b'{"error": -124, "message": "token"}'),
        (200, {}, b"<html>"),
    ]
    assert zns.send(TEXT).provider_id == "z1"
    _path, headers, body = gateway.heard[0]
    assert headers["access_token"] == "secret-token"
    assert json.loads(body) == {
        "phone": "84912345678",
        "template_id": "1001",
        "template_data": {"noi_dung": TEXT.title, "chi_so": "x"},
        "tracking_id": REF,
    }
    found = [failure(lambda: zns.send(TEXT)) for _ in range(3)]
    assert [(error.code, error.permanent) for error in found] == [
        ("rejected", True),
        ("not_let_in", False),
        ("busy", False),
    ]
    other = Message(REF, "+84912345678", "", "", "", "vi", "another.kind", {})
    assert failure(lambda: zns.send(other)).code == "no_template"


def test_zalos_receipt_counts_with_zalos_signature_alone(zns: zalo.Zns) -> None:
    moment = str(int(clock.now().timestamp() * 1000))
    told = {"event_name": "user_received_message", "timestamp": moment, "message": {"tracking_id": REF}}
    body = json.dumps(told).encode()
    mac = hashlib.sha256(f"42{body.decode()}{moment}oa-secret".encode()).hexdigest()
    (receipt,) = zns.receipts({"x-zevent-signature": f"mac={mac}"}, body)
    assert (receipt.ref, receipt.state) == (REF, "delivered")
    for headers, changed in (({}, body), ({"x-zevent-signature": f"mac={mac}"}, body + b" "), ({}, b"[]")):
        with pytest.raises(Refused):
            zns.receipts(headers, changed)


# --- e-mail ---------------------------------------------------------------------------


class Postman(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over a letter."""

    def handle(self) -> None:
        box: Any = self.server
        self.say(b"220 here")
        while line := self.rfile.readline():
            verb = line.split(b" ")[0].strip().upper()
            if verb in box.refuse:
                self.say(box.refuse[verb])
            elif verb == b"EHLO":
                self.say(b"250-here\r\n250 8BITMIME")
            elif verb == b"DATA":
                self.say(b"354 go on")
                letter = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    letter += part
                box.letters.append(letter)
                self.say(b"250 taken")
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 ok")

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def post() -> Iterator[Any]:
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Postman)
    server.daemon_threads = True
    server.letters, server.refuse = [], {}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def letter_of(post: Any) -> mail.Smtp:
    return mail.from_address(f"smtp://127.0.0.1:{post.server_address[1]}?tls=none&from=Đình <dinh@example.vn>")


def test_a_letter_has_its_own_number_which_is_the_same_when_it_is_sent_again(post: Any) -> None:
    message = Message(
        REF, "an@example.vn", "Độ mặn\nBcc: x@y.vn", "Trạm Mỹ Thanh.\n.\nHết.", "https://d/x", "vi", "k", {}
    )
    numbers = [letter_of(post).send(message).provider_id for _ in range(2)]
    assert numbers == [f"<{REF}@example.vn>"] * 2
    first, second = (message_from_bytes(raw, policy=policy.default) for raw in post.letters)
    assert isinstance(first, EmailMessage)
    assert first["Message-ID"] == second["Message-ID"] == numbers[0]
    assert first["Subject"] == "Độ mặn Bcc: x@y.vn"
    assert (first["To"], first["Bcc"], first["Auto-Submitted"]) == ("an@example.vn", None, "auto-generated")
    assert "dinh@example.vn" in first["From"]
    assert "Trạm Mỹ Thanh." in first.get_content()
    assert first.get_content().rstrip().endswith("https://d/x")


def test_a_letter_that_can_be_stopped_says_how_by_one_press_and_only_over_https(post: Any) -> None:
    for stop in ("https://dinh.example.vn/s/1/stop/", "http://localhost:8000/s/1/stop/", ""):
        letter_of(post).send(Message(REF, "an@example.vn", "Tin", "Tin mới", "", "vi", "k", {}, stop=stop))
    secure, plain, other = (message_from_bytes(raw, policy=policy.default) for raw in post.letters)
    assert secure["List-Unsubscribe"] == "<https://dinh.example.vn/s/1/stop/>"
    assert secure["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert plain["List-Unsubscribe"] == "<http://localhost:8000/s/1/stop/>"
    assert plain["List-Unsubscribe-Post"] is None
    assert other["List-Unsubscribe"] is None


def test_a_message_to_a_browser_that_can_be_stopped_brings_the_button_for_it() -> None:
    told = json.loads(webpush.content_of(replace(TEXT, stop="https://dinh.example.vn/s/1/stop/")))
    assert (told["stop"], told["stop_name"]) == ("https://dinh.example.vn/s/1/stop/", "Thôi nhận tin này")
    assert "stop" not in json.loads(webpush.content_of(TEXT))


@pytest.mark.parametrize(
    ("verb", "line", "code", "permanent"),
    [
        (b"RCPT", b"550 no such mailbox", "rejected", True),
        (b"RCPT", b"450 try later", "busy", False),
        (b"MAIL", b"421 closing", "busy", False),
        (b"DATA", b"554 spam", "rejected", True),
    ],
)
def test_what_a_mail_server_says(post: Any, verb: bytes, line: bytes, code: str, permanent: bool) -> None:
    post.refuse[verb] = line
    message = Message(REF, "an@example.vn", "x", "y", "", "vi", "k", {})
    error = failure(lambda: letter_of(post).send(message))
    assert (error.code, error.permanent) == (code, permanent)
    assert line.decode().split(" ", 1)[1] in error.says


def test_a_mail_server_that_is_away_is_tried_again() -> None:
    driver = mail.from_address("smtp://127.0.0.1:9?tls=none&from=a@b.vn")
    message = Message(REF, "an@example.vn", "x", "y", "", "vi", "k", {})
    assert failure(lambda: driver.send(message)).code == "unreachable"
    assert mail.try_connection(driver)


# --- web push -------------------------------------------------------------------------


def urlsafe(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.fixture
def browser(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> tuple[Browser, ec.EllipticCurvePrivateKey, bytes]:
    key, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    monkeypatch.setattr(webpush, "permitted", lambda endpoint: True)
    return Browser(1, f"{gateway.url}/push/abc", urlsafe(point), urlsafe(auth)), key, auth


def test_a_push_can_be_read_by_its_browser_alone_and_is_signed_by_the_house(
    gateway: Gateway, browser: tuple[Browser, ec.EllipticCurvePrivateKey, bytes]
) -> None:
    where, key, auth = browser
    gateway.say = [(201, {}, b"")]
    message = Message(REF, "", "Độ mặn", "Thân", "https://d/x", "vi", "k", {}, emergency=True, browsers=[where])
    webpush.WebPush().send(message)
    ((_path, headers, body),) = gateway.heard
    assert "Độ mặn".encode() not in body
    told = json.loads(http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm"))
    assert (told["title"], told["tag"], told["link"]) == ("Độ mặn", REF, "https://d/x")
    assert (headers["topic"], headers["urgency"], headers["content-encoding"]) == (REF, "high", "aes128gcm")
    assert f"k={api.push_key()}" in headers["authorization"]
    long = Message(REF, "", "Độ mặn", "ặ\n" * 4000, "https://d/x", "vi", "k", {})
    assert len(webpush.content_of(long)) <= webpush.MOST_BYTES


def test_browsers_that_are_gone_are_named_and_one_that_takes_it_is_enough(
    gateway: Gateway, browser: tuple[Browser, ec.EllipticCurvePrivateKey, bytes]
) -> None:
    one = browser[0]
    two = Browser(2, one.endpoint, one.p256dh, one.auth)
    message = Message(REF, "", "x", "y", "", "vi", "k", {}, browsers=[one, two])
    gateway.say = [(410, {}, b""), (201, {}, b"")]
    sent = webpush.WebPush().send(message)
    assert list(sent.gone) == [1]
    gateway.say = [(410, {}, b""), (404, {}, b"")]
    error = failure(lambda: webpush.WebPush().send(message))
    assert (error.code, error.permanent, list(error.gone)) == ("gone", True, [1, 2])
    gateway.say = [(410, {}, b""), (500, {}, b"")]
    error = failure(lambda: webpush.WebPush().send(message))
    assert (error.code, error.permanent, list(error.gone)) == ("busy", False, [1])
    broken = Browser(3, one.endpoint, "kein Schlüssel", one.auth)
    assert (
        failure(lambda: webpush.WebPush().send(Message(REF, "", "", "", "", "vi", "k", {}, browsers=[broken]))).code
        == "gone"
    )


@pytest.mark.django_db
def test_a_browser_that_is_gone_is_forgotten(an: Actor, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NOTICE_CHANNELS = {"push": "web"}
    api.add_browser(an, endpoint="https://fcm.googleapis.com/x", p256dh="B" * 87, auth="a" * 22, label="Chrome")

    def gone(*arguments: object, **options: object) -> None:
        raise NotSent("gone", "HTTP 410", permanent=True)

    monkeypatch.setattr(webpush.WebPush, "_to", gone)
    assert api.send_test(an) == 2
    api.dispatch_due()
    assert not models.Browser.objects.exists()
    assert models.Delivery.objects.get(channel="push").state == "dead"
