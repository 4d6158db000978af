"""A VNeID that is not there or hangs costs whoever signs in a little time, and nobody else anything."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dinh.kernel.errors import SourceUnavailable
from dinh.systems.account.feeds import vneid


def test_what_an_unreachable_vneid_costs_is_bounded() -> None:
    client = vneid.Client("http://127.0.0.1:9", "dinh", "s")
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match="does not answer"):
        vneid.metadata(client)
    assert time.monotonic() - began < vneid.TIMEOUT_S + 1


class Drips(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for _ in range(100):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        return


def test_an_answer_that_never_ends_is_waited_for_no_longer_than_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vneid, "LONGEST_S", 0.2)
    with ThreadingHTTPServer(("127.0.0.1", 0), Drips) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(SourceUnavailable):
            vneid.fetch("GET", f"http://127.0.0.1:{server.server_address[1]}/")
        assert time.monotonic() - began < 2
        server.shutdown()


def test_while_vneid_hangs_no_more_threads_wait_for_it_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, asked = threading.Event(), list[str]()

    def fetched(method: str, url: str, **more: Any) -> Any:
        asked.append(url)
        hangs.wait(10)
        return {}

    monkeypatch.setattr(vneid, "_fetched", fetched)
    monkeypatch.setattr(vneid, "PATIENCE_S", 0.01)
    with ThreadPoolExecutor(vneid.AT_ONCE) as threads:
        waiting = [threads.submit(vneid.fetch, "GET", "https://vneid.example/") for _ in range(vneid.AT_ONCE)]
        while len(asked) < vneid.AT_ONCE:
            time.sleep(0.01)
        with pytest.raises(SourceUnavailable):
            vneid.fetch("GET", "https://vneid.example/")
        hangs.set()
        assert [one.result() for one in waiting] == [{}] * vneid.AT_ONCE
    assert vneid.fetch("GET", "https://vneid.example/") == {}
