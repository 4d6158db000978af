"""From a reading's acceptance over HTTP to its value on the console, while 2,000 readings arrive each second.

The console is the whole one: list, map, tiles, time bar and the card of a station, whose value is watched by a
MutationObserver. Each batch holds one reading of that station, whose value names the batch.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from bench import Result, at_most
from bench.house import Served, data_folder, served
from bench.live_screen import chromium, fill, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIMIT_MS = 500.0
RATE = 2_000
BATCHES_PER_S = 10
SECONDS = 40
WARM_S = 8
SUBJECTS = RATE // BATCHES_PER_S
WATCH = """(() => {
  window.shown = {};
  const cell = document.querySelector('#card [data-live-value]');
  const note = () => {
    const text = document.querySelector('#card [data-live-value]')?.textContent ?? '';
    if (!(text in window.shown)) requestAnimationFrame(() => { window.shown[text] ??= Date.now(); });
  };
  new MutationObserver(note).observe(document.getElementById('card'), { childList: true, characterData: true, subtree: true });
  return cell !== null;
})()"""


def run() -> list[Result]:
    os.environ["DINH_DEMO"] = "1"
    with data_folder() as home:
        stations = fill(assets=SUBJECTS)
        key = _key()
        with served(home) as server, chromium() as browser:
            base = f"http://{server.host}:{server.port}"
            desk = signed_in(browser, base)
            desk.goto(f"{base}/?place={stations[0]}&indicator=test.water_level")
            desk.locator("dinh-map[data-map=idle]").wait_for(timeout=60_000)
            if not desk.evaluate(WATCH):
                raise RuntimeError("the console shows no value of the station")
            accepted = _send(server, key, stations[0], desk)
            shown: dict[str, float] = desk.evaluate("window.shown")
    delays = _delays(accepted, shown)
    if len(delays) < 0.98 * len(accepted):
        raise RuntimeError(f"only {len(delays)} of {len(accepted)} readings came to the screen")
    p50, p99 = (float(x) for x in np.percentile(delays, [50, 99]))
    return [
        at_most(
            "picture_p99",
            max(p99, 0.0),
            "ms",
            LIMIT_MS,
            input=f"{RATE:,} readings/s in {BATCHES_PER_S} batches a second for {SECONDS} s, {len(delays)} values watched "
            f"in Chromium on the same cores; median {p50:.0f} ms",
        )
    ]


def _delays(accepted: dict[str, float], shown: dict[str, float]) -> list[float]:
    """For each reading how long until it, or a newer one of the same series, was on the screen."""
    delays: list[float] = []
    next_at: float | None = None
    for text, at in reversed(accepted.items()):
        seen = shown.get(text)
        if seen is not None and (next_at is None or seen < next_at):
            next_at = seen
        if next_at is not None:
            delays.append(next_at - at)
    return delays


def _key() -> str:
    from dinh.spine.parties import api as parties

    row = parties.find_parties("Nông nghiệp", kind="organisation")[0]
    _, secret = parties.issue_key(label="bench", owner=row.urn, scopes=["observations.record"], by=parties.SYSTEM)
    return secret


def _send(server: Served, key: str, station: str, desk: Page) -> dict[str, float]:
    """Text on the screen -> when its reading's batch was answered, ms. The browser is kept awake meanwhile."""
    accepted: dict[str, float] = {}
    failed: list[str] = []

    def send() -> None:
        connection = http.client.HTTPConnection(server.host, server.port)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        started = time.monotonic()
        for number in range((SECONDS + WARM_S) * BATCHES_PER_S):
            wait = started + number / BATCHES_PER_S - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            value = round(number / 100 - 3, 2)
            connection.request("POST", "/api/v1/observations", json.dumps(_batch(station, value, number)), headers)
            answer = connection.getresponse()
            body = answer.read()
            at = time.time() * 1000
            if answer.status != 200:
                failed.append(body.decode()[:300])
                return
            if number >= WARM_S * BATCHES_PER_S:
                accepted[f"{value:.2f}".replace(".", ",").replace("-", "\N{MINUS SIGN}")] = at
        connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    while thread.is_alive():
        desk.wait_for_timeout(200)
    desk.wait_for_timeout(1500)
    if failed:
        raise RuntimeError(f"a batch was refused: {failed[0]}")
    return accepted


def _batch(station: str, value: float, number: int) -> list[dict[str, object]]:
    at = datetime.now(UTC).isoformat()
    rows: list[dict[str, object]] = [
        {"indicator": "test.water_level", "subject": station, "observed_at": at, "value": value, "source": "mo-phong"}
    ]
    rows += [
        {"indicator": "test.coverage", "subject": f"urn:dinh:asset:cell-{cell}", "observed_at": at,
         "value": 85 + (number + cell) % 10, "source": "do-thu"}
        for cell in range(SUBJECTS - 1)
    ]  # fmt: skip
    return rows
