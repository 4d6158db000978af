"""`python -m dinh_simulator.vneid --port 8081 --client-id dinh --secret -`: the simulated VNeID on loopback."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from dinh_simulator.vneid import pages
from dinh_simulator.vneid.provider import Provider, Wrong

MOST_BYTES = 64 * 1024
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[dict[str, Any]]]


class Application:
    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while len(body) <= MOST_BYTES:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        status, more, content = self.answer(
            scope["method"], scope["path"], query, form, headers.get("authorization", "")
        )
        answer = [(name.encode(), value.encode()) for name, value in more.items()]
        answer += [(b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer"), (b"x-frame-options", b"DENY")]
        await send({"type": "http.response.start", "status": status, "headers": answer})
        await send({"type": "http.response.body", "body": content.encode()})

    def answer(
        self, method: str, path: str, query: Mapping[str, str], form: Mapping[str, str], authorization: str
    ) -> tuple[int, Mapping[str, str], str]:
        """Status, headers, body."""
        page = {"content-type": "text/html; charset=utf-8"}
        try:
            if (method, path) == ("GET", "/.well-known/openid-configuration"):
                return self._json(self.provider.metadata())
            if (method, path) == ("GET", "/keys"):
                return self._json(self.provider.keys())
            if (method, path) == ("GET", "/authorize"):
                self.provider.check(query)
                return 200, page, pages.choose(query)
            if (method, path) == ("POST", "/authorize"):
                asked = {name: value for name, value in form.items() if name != "chosen"}
                return 303, {"location": self.provider.chosen(asked, form.get("chosen", ""))}, ""
            if (method, path) == ("POST", "/token"):
                return self._json(self.provider.exchange(form, authorization))
            if (method, path) == ("GET", "/userinfo"):
                return self._json(self.provider.userinfo(authorization))
        except Wrong as error:
            if path == "/authorize":
                return 400, page, pages.refused(str(error))
            return 400, {"content-type": "application/json"}, json.dumps({"error": str(error)})
        return 404, page, pages.refused("not_found")

    def _json(self, said: Mapping[str, Any]) -> tuple[int, Mapping[str, str], str]:
        return 200, {"content-type": "application/json"}, json.dumps(said)


def main() -> None:
    parser = argparse.ArgumentParser(prog="dinh_simulator.vneid", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--client-id", default="dinh")
    parser.add_argument("--secret", default="-", help="the client's secret; - reads it from standard input")
    options = parser.parse_args()
    secret = sys.stdin.readline().strip() if options.secret == "-" else options.secret  # noqa: S105 - a mark, no secret
    provider = Provider(f"http://127.0.0.1:{options.port}", options.client_id, secret)
    # No access log: it would hold codes.
    uvicorn.run(Application(provider), host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
