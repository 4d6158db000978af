"""The citizen app on a cheap phone and a bad line, opened for the first time: 4 × slower processor, 400 kbit/s, 400 ms a round.

The peer is the smallest answer of the same house under the same conditions: what the line and the browser need for nothing. What
the line allows for the bytes of the page stands beside it.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from bench import Result, at_most
from bench.house import data_folder, served
from bench.live_screen import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNS = 3
ROUND_MS = 400
BYTES_A_SECOND = 50_000
LINE = {
    "offline": False,
    "latency": ROUND_MS,
    "downloadThroughput": BYTES_A_SECOND,
    "uploadThroughput": BYTES_A_SECOND,
}
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
USABLE = "() => document.documentElement.dataset.app === 'ready' && performance.now()"


def run() -> list[Result]:
    with data_folder() as home, served(home, "--no-worker") as house, chromium() as browser:
        base = f"http://{house.host}:{house.port}"
        _opened(browser, f"{base}/app/", USABLE)
        pages = [_opened(browser, f"{base}/app/", USABLE) for _ in range(RUNS)]
        least = statistics.median(_opened(browser, f"{base}/healthz", PAINTED)[0] for _ in range(RUNS))
    painted, usable, first, whole = (statistics.median(values) for values in zip(*pages, strict=True))
    line_s = ROUND_MS / 1000 + first / BYTES_A_SECOND
    given = f"/app/ opened for the first time, 360 × 740, 4 × slower processor, 400 kbit/s, 400 ms, median of {RUNS}"
    return [
        at_most("slow_phone_painted", painted, "s", 3, peer="/healthz under the same conditions", peer_value=least, input=f"{given}; one round and the bytes of the answer over the line {line_s:.2f} s"),
        at_most("slow_phone_usable", usable, "s", 8, input=given),
        at_most("slow_phone_first_answer", first, "bytes", 40_000, input=given),
        at_most("slow_phone_all", whole, "bytes", 200_000, input=f"{given}; all answers until it is usable, before the map"),
    ]  # fmt: skip


def _opened(browser: Browser, address: str, over: str) -> tuple[float, float, float, float]:
    """Seconds to the first paint and until it is usable, bytes of the first answer and of all of them."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    usable = float(page.wait_for_function(over).json_value())
    painted = float(page.wait_for_function(PAINTED).json_value())
    first = float(page.evaluate("performance.getEntriesByType('navigation')[0].transferSize"))
    context.close()
    return painted / 1000, usable / 1000, first, sum(sizes)
