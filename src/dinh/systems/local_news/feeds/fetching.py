"""Fetches a document from an address that a member of staff typed in, without becoming their tool inside the house.

Only http and https; only addresses of the public Internet, unless the operator permits a network. The address is
checked where it counts, on the socket's own resolved address and again after each redirect, so that a name that
resolves to something else a moment later gains nothing. Time, size, redirects and unpacking are bounded.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from dinh.kernel.errors import DinhError, Invalid, Refused, SourceUnavailable

LARGEST: Final = 5 * 1024 * 1024
MOST_REDIRECTS: Final = 4
WAIT_S: Final = 6.0
WHOLE_S: Final = 12.0
AGENT: Final = "Dinh/0.1 (news of a province's administration)"
ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/cap+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

_UNICAST: Final = ipaddress.ip_network("2000::/3")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Fetched:
    """`content` None: nothing has changed since the last time."""

    content: bytes | None
    address: str
    etag: str = ""
    last_modified: str = ""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Raises Invalid `local_news.network`."""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError as error:
            raise Invalid(
                "local_news.network",
                "'{value}' is no network; write it like 10.1.0.0/16 or fd00::/8",
                value=text,
            ) from error
    return tuple(found)


def check_address(address: str) -> str:
    """The address as it is asked for. Raises Invalid `local_news.address`."""
    parts, text = _split(address)
    if parts is None or not text.isascii():
        raise Invalid(
            "local_news.address",
            "'{value}' is no address that can be read; write it like https://bao.example.vn/tin.rss, without a name and password",
            value=address[:200],
        )
    return text


def _split(address: str) -> tuple[SplitResult | None, str]:
    text = quote(address.strip(), safe="%/:=&?~#+!$,;'@()*[]")
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None, text
    if not good or parts.username is not None or len(text) > 1000:
        return None, text
    return parts, text


def fetch(
    address: str, *, etag: str = "", last_modified: str = "", permitted: Sequence[Network] = (), largest: int = LARGEST
) -> Fetched:
    """Raises Invalid, Refused `local_news.private_address`, SourceUnavailable with what to do next."""
    deadline = time.monotonic() + WHOLE_S
    there = check_address(address)
    for _ in range(MOST_REDIRECTS + 1):
        parts, there = _split(there)
        if parts is None:
            raise Invalid(
                "local_news.redirect",
                "{address} leads on to '{value}', which is no http or https address; ask its owner, or give the new address",
                address=address,
                value=there[:200],
            )
        answer = _ask(parts, etag, last_modified, permitted, deadline, largest)
        if isinstance(answer, Fetched):
            return answer
        there = urljoin(there, answer)
    raise SourceUnavailable(
        "local_news.redirects",
        "{address} leads on more than {most} times; open it in a browser and give the address where it ends",
        address=address,
        most=MOST_REDIRECTS,
    )


def _ask(
    parts: SplitResult, etag: str, last_modified: str, permitted: Sequence[Network], deadline: float, largest: int
) -> Fetched | str:
    """What came, or where it leads."""
    host, there = parts.hostname or "", parts.geturl()
    left = deadline - time.monotonic()
    if left <= 0:
        raise _late(there)
    connection = _connection(parts, permitted)
    # A server that sends a byte now and then never runs into the socket's own timeout.
    watch = threading.Timer(left, _cut, [connection])
    watch.daemon = True
    watch.start()
    headers = {"User-Agent": AGENT, "Accept": ACCEPT, "Accept-Encoding": "gzip"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    path = parts.path or "/"
    try:
        connection.request("GET", f"{path}?{parts.query}" if parts.query else path, headers=headers)
        answer = connection.getresponse()
        if answer.status == 304:
            return Fetched(None, there, etag, last_modified)
        onward = answer.headers.get("Location", "")
        if answer.status in _REDIRECTS and onward:
            return onward
        if answer.status != 200:
            raise SourceUnavailable(
                "local_news.status",
                "{address} answers with status {status}; open it in a browser, and correct the address if it has moved",
                address=there,
                status=answer.status,
            )
        content = _body(answer, there, deadline, largest)
        return Fetched(
            content,
            there,
            _mark(answer.headers.get("ETag", ""), 300),
            _mark(answer.headers.get("Last-Modified", ""), 100),
        )
    except DinhError:
        raise
    except TimeoutError as error:
        raise _late(there) from error
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        # Cut off by the watch, http.client stumbles over its own closed socket in more than one way.
        if time.monotonic() >= deadline:
            raise _late(there) from error
        why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else str(error)
        raise SourceUnavailable(
            "local_news.unreachable",
            "{host} cannot be read ({why}); it is tried again by itself, later each time",
            host=host,
            why=(why or type(error).__name__)[:200],
        ) from error
    finally:
        watch.cancel()
        connection.close()


def _mark(text: str, most: int) -> str:
    """What a server wants to hear again, where it can be said in a header."""
    return text if text.isascii() and text.isprintable() and len(text) <= most else ""


def _body(answer: http.client.HTTPResponse, there: str, deadline: float, largest: int) -> bytes:
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    unpack = zlib.decompressobj(wbits=47) if coding in ("gzip", "x-gzip", "deflate") else None
    found = bytearray()
    while chunk := answer.read1(64 * 1024):
        if time.monotonic() >= deadline:
            raise _late(there)
        found += unpack.decompress(chunk, largest + 1 - len(found)) if unpack else chunk
        if unpack and unpack.eof:
            return bytes(found)  # what comes behind the end is nobody's, and may be without one
        if len(found) > largest or (unpack and unpack.unconsumed_tail):
            raise Invalid(
                "local_news.too_large",
                "{address} has more than {most} MB; a feed is smaller, give the address of one with fewer entries",
                address=there,
                most=max(1, largest // (1024 * 1024)),
            )
    if time.monotonic() >= deadline:
        raise _late(there)
    if answer.length:
        raise http.client.IncompleteRead(bytes(0), answer.length)
    return bytes(found)


def _connection(parts: SplitResult, permitted: Sequence[Network]) -> _Plain | _Secure:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _Secure(host, parts.port or 443, permitted)
    return _Plain(host, parts.port or 80, permitted)


class _Plain(http.client.HTTPConnection):
    wire: socket.socket | None = None
    """Kept beside `sock`, which http.client lets go of while the answer is still being read."""

    def __init__(self, host: str, port: int, permitted: Sequence[Network]) -> None:
        super().__init__(host, port, timeout=WAIT_S)
        self.permitted = permitted

    def connect(self) -> None:
        self.sock = self.wire = _socket(self.host, self.port, self.permitted)


class _Secure(http.client.HTTPSConnection):
    wire: socket.socket | None = None

    def __init__(self, host: str, port: int, permitted: Sequence[Network]) -> None:
        self.trust = ssl.create_default_context()
        super().__init__(host, port, timeout=WAIT_S, context=self.trust)
        self.permitted = permitted

    def connect(self) -> None:
        plain = self.wire = _socket(self.host, self.port, self.permitted)
        try:
            self.sock = self.wire = self.trust.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _socket(host: str, port: int, permitted: Sequence[Network]) -> socket.socket:
    """Connected to the very address that was checked. Raises Refused for a host with a private one among its own."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, there in found:
        require_public(str(there[0]), host, permitted)
    fault: OSError | None = None
    for family, kind, protocol, _, there in found[:4]:
        made = socket.socket(family, kind, protocol)
        made.settimeout(WAIT_S)
        try:
            made.connect(there)
        except OSError as error:
            made.close()
            fault = error
        else:
            return made
    raise fault or OSError("the name has no address")


def require_public(text: str, host: str, permitted: Sequence[Network]) -> None:
    """Raises Refused `local_news.private_address`."""
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = _inner(address)
    if any(one in network for network in permitted for one in (address, inner) if one.version == network.version):
        return
    if not all(map(_is_public, (address, inner))):
        raise Refused(
            "local_news.private_address",
            "{host} is {address}, which is no address of the public Internet; an operator permits networks of the house with DINH_FEED_NETWORKS",
            host=host,
            address=text,
        )


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Of IPv6 only what is given out to anybody at all (RFC 4291: 2000::/3, and the NAT64 of RFC 6052 for what it holds)."""
    if address.version == 6 and not (address in _UNICAST or address in _NAT64):
        return False
    return address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address within one of IPv6: mapped, 6to4, NAT64."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _cut(connection: _Plain | _Secure) -> None:
    if connection.wire is not None:
        with contextlib.suppress(OSError):
            connection.wire.shutdown(socket.SHUT_RDWR)


def _late(there: str) -> SourceUnavailable:
    return SourceUnavailable(
        "local_news.late",
        "{address} did not answer in {seconds} s; it is tried again by itself, later each time",
        address=there,
        seconds=round(WHOLE_S),
    )
