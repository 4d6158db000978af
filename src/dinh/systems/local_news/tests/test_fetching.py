"""Fetching, from a server on this machine that answers as servers do at their worst."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dinh.kernel.errors import DinhError, Invalid, Refused, SourceUnavailable
from dinh.systems.local_news.feeds import fetching

LOOPBACK = fetching.networks(["127.0.0.0/8", "::1/128"])


class Answers(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("If-None-Match", "")))
        if self.path == "/feed":
            if self.headers.get("If-None-Match") == '"1"':
                return self._send(304)
            return self._send(200, b"<rss/>", {"ETag": '"1"', "Last-Modified": "Sun, 22 Nov 2026 04:42:00 GMT"})
        if self.path == "/huge":
            return self._send(200, b"x" * 200_000)
        if self.path == "/bomb":
            return self._send(200, gzip.compress(b"0" * 30_000_000), {"Content-Encoding": "gzip"})
        if self.path == "/packed":
            return self._send(200, gzip.compress(b"<rss/>"), {"Content-Encoding": "gzip"})
        if self.path == "/tail":
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            try:
                self.wfile.write(gzip.compress(b"<rss/>"))
                for _ in range(100_000):
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                return None
            return None
        if self.path == "/inside":
            return self._send(
                302, b"", {"Location": f"http://localhost:{self.headers['Host'].rpartition(':')[2]}/feed"}
            )
        if self.path == "/file":
            return self._send(302, b"", {"Location": "file:///etc/passwd"})
        if self.path == "/round":
            return self._send(302, b"", {"Location": "/round"})
        if self.path == "/on":
            return self._send(301, b"", {"Location": "/feed"})
        if self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                return None
            return None
        return self._send(404)

    def _send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    Answers.asked = []
    held = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    held.daemon_threads = True
    thread = threading.Thread(target=held.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{held.server_address[1]}"
    held.shutdown()
    thread.join()
    held.server_close()


def get(address: str, **more: object) -> fetching.Fetched:
    return fetching.fetch(address, permitted=LOOPBACK, **more)  # type: ignore[arg-type]


def test_what_has_not_changed_is_not_sent_again(server: str) -> None:
    first = get(f"{server}/feed")
    assert (first.content, first.etag) == (b"<rss/>", '"1"')
    again = get(f"{server}/feed", etag=first.etag, last_modified=first.last_modified)
    assert again.content is None
    assert Answers.asked == [("/feed", ""), ("/feed", '"1"')]


def test_a_feed_that_moved_or_is_packed_is_read(server: str) -> None:
    assert get(f"{server}/on").address == f"{server}/feed"
    assert get(f"{server}/packed").content == b"<rss/>"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/huge", "local_news.too_large"),
        ("/bomb", "local_news.too_large"),
        ("/round", "local_news.redirects"),
        ("/file", "local_news.redirect"),
        ("/gone", "local_news.status"),
    ],
)
def test_what_is_too_much_ends_in_an_error_that_says_what_to_do(server: str, path: str, code: str) -> None:
    with pytest.raises(DinhError) as caught:
        get(f"{server}{path}", largest=100_000)
    assert caught.value.code == code
    assert ";" in caught.value.message


def test_what_comes_behind_the_end_of_a_packed_feed_is_not_read(server: str) -> None:
    """It has no bound of its own, and would be kept until the time is over."""
    began = time.monotonic()
    assert get(f"{server}/tail").content == b"<rss/>"
    assert time.monotonic() - began < 2


def test_a_server_that_drips_is_cut_off(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "WHOLE_S", 0.4)
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match="did not answer in"):
        get(f"{server}/drip")
    assert time.monotonic() - began < 2


def test_the_house_itself_is_not_read_unless_the_operator_permits_it(server: str) -> None:
    with pytest.raises(Refused, match="DINH_FEED_NETWORKS"):
        fetching.fetch(f"{server}/feed")
    assert Answers.asked == []


def test_a_redirect_into_the_house_is_refused_at_the_second_address(server: str) -> None:
    only = fetching.networks(["127.0.0.0/8"])
    port = server.rpartition(":")[2]
    with pytest.MonkeyPatch.context() as patch:
        resolve = socket.getaddrinfo
        # The second name resolves to a private address, as one would that a stranger controls.
        patch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *more, **named: resolve("10.0.0.1" if host == "localhost" else host, *more, **named),
        )
        with pytest.raises(Refused, match=r"10\.0\.0\.1"):
            fetching.fetch(f"http://127.0.0.1:{port}/inside", permitted=only)
    assert [path for path, _ in Answers.asked] == ["/inside"]


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::",
        "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "fec0::1", "::7f00:1", "::ffff:0:7f00:1", "5f00::1", "64:ff9b:1::7f00:1", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_no_address_of_a_house_counts_as_public(address: str) -> None:
    with pytest.raises(Refused):
        fetching.require_public(address, "x", ())


def test_addresses_of_the_internet_do() -> None:
    for address in ("203.113.131.1", "2405:4800::1", "64:ff9b::cb71:8301"):
        fetching.require_public(address, "x", ())


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://a.vn/x",
        "//a.vn",
        "http://",
        "http://u:p@a.vn/",
        "gopher://a.vn",
        "http://a.vn:x/",
        "http://a.vn:0/",
    ],
)
def test_only_plain_web_addresses_are_taken(address: str) -> None:
    with pytest.raises(Invalid):
        fetching.check_address(address)


def test_an_address_with_vietnamese_letters_is_written_as_the_wire_has_it() -> None:
    assert fetching.check_address("https://bao.vn/tin tức?x=1") == "https://bao.vn/tin%20t%E1%BB%A9c?x=1"
