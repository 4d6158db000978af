"""The console with 100,000 assets, from the click to text, alerts and queue on the screen, and to a map at rest.

The peer of the map is an empty MapLibre map (a background, nothing else) in the same place of the same page, in the
same browser and run: what the difference costs is our layers, labels and data. An empty map on an otherwise empty page
is measured too and named with the input.
"""

from __future__ import annotations

import os
import statistics
from typing import TYPE_CHECKING

from bench import Result, at_most
from bench.house import data_folder, served
from bench.live_screen import ASSETS, ROOT, chromium, fill, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RUNS = 3
LIMIT_S = 1.5
LIMIT_TIMES = 1.5
EMPTY = """<!doctype html><meta charset=utf-8><body><div id=map></div>
<script type=module>
import { Map, setWorkerUrl } from '/bench-maplibre/maplibre-gl.mjs';
setWorkerUrl(location.origin + '/bench-maplibre/maplibre-gl-worker.mjs');
document.getElementById('map').style.cssText = 'width:100vw;height:100vh';
const style = { version: 8, sources: {}, layers: [{ id: 'a', type: 'background', paint: { 'background-color': '#dfe8ee' } }] };
const map = new Map({ container: 'map', style, center: [105.97, 9.6], zoom: 9 });
map.once('idle', () => { window.restAt = performance.now(); });
</script>"""
EMPTY_ELEMENT = """import { Map, setWorkerUrl } from '/bench-maplibre/maplibre-gl.mjs';
setWorkerUrl(location.origin + '/bench-maplibre/maplibre-gl-worker.mjs');
customElements.define('dinh-map', class extends HTMLElement {
  connectedCallback() {
    this.style.cssText = 'position:absolute;inset:0';
    const style = { version: 8, sources: {}, layers: [{ id: 'a', type: 'background', paint: { 'background-color': '#dfe8ee' } }] };
    const map = new Map({ container: this, style, center: [105.97, 9.6], zoom: 9, attributionControl: false });
    map.once('idle', () => { this.dataset.map = 'idle'; });
  }
});"""
WATCH = """(() => {
  const there = () => document.querySelector('[data-item]') && document.querySelector('.tile__value') && document.querySelector('.desk__stats .stat__value');
  const look = () => {
    if (!window.textAt && there() && performance.getEntriesByName('first-contentful-paint').length) {
      window.textAt = -1;
      requestAnimationFrame(() => requestAnimationFrame(() => { window.textAt = performance.now(); }));
    }
    if (!window.restAt && document.querySelector('dinh-map[data-map=idle]')) window.restAt = performance.now();
    if (!(window.textAt > 0 && window.restAt)) requestAnimationFrame(look);
  };
  look();
})()"""


def run() -> list[Result]:
    os.environ["DINH_DEMO"] = "1"
    with data_folder() as home:
        fill()
        with served(home) as server, chromium() as browser:
            base = f"http://{server.host}:{server.port}"
            desk = signed_in(browser, base)
            desk.add_init_script(WATCH)
            _ours(desk, base)
            texts, rests, peers, bare = [], [], [], []
            empty = signed_in(browser, base)
            empty.add_init_script(WATCH)
            _serve_maplibre(empty)
            empty.route(
                "**/built/assets/element-*.js",
                lambda route: route.fulfill(body=EMPTY_ELEMENT, content_type="text/javascript"),
            )
            _ours(empty, base)
            for _ in range(RUNS):
                text_s, rest_s = _ours(desk, base)
                texts.append(text_s)
                rests.append(rest_s)
                peers.append(_ours(empty, base)[1])
                bare.append(_bare(browser, base))
    given = f"{ASSETS:,} assets, 43 communes, 1440 × 900, software drawing, median of {RUNS} loads after one"
    text_s, rest_s, peer_s, bare_s = (statistics.median(values) for values in (texts, rests, peers, bare))
    return [
        at_most("screen_text_alerts_queue", text_s, "s", LIMIT_S, input=given),
        at_most(
            "screen_map_idle",
            rest_s,
            "s",
            LIMIT_TIMES * peer_s,
            input=f"{given}; from the start of the navigation; an empty map on an empty page {bare_s:.3f} s",
            peer="an empty MapLibre map in the same place of the same page",
            peer_value=peer_s,
        ),
    ]


def _ours(page: Page, base: str) -> tuple[float, float]:
    page.goto(f"{base}/", wait_until="commit")
    page.locator("dinh-map[data-map=idle]").wait_for(timeout=60_000)
    return _told(page, "textAt"), _told(page, "restAt")


def _told(page: Page, name: str) -> float:
    """Seconds from the start of the navigation, once the page has noted them."""
    for _ in range(1200):
        at: float = page.evaluate(f"window.{name} || 0")
        if at > 0:
            return at / 1000
        page.wait_for_timeout(50)
    raise RuntimeError(f"the page never noted {name}")


def _bare(browser: Browser, base: str) -> float:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.route("**/bench-empty", lambda route: route.fulfill(body=EMPTY, content_type="text/html"))
    _serve_maplibre(page)
    page.goto(f"{base}/bench-empty", wait_until="commit")
    at = _told(page, "restAt")
    page.context.close()
    return at


def _serve_maplibre(page: Page) -> None:
    folder = ROOT / "node_modules/maplibre-gl/dist"
    page.route(
        "**/bench-maplibre/*",
        lambda route: route.fulfill(
            body=(folder / route.request.url.rpartition("/")[2]).read_bytes(), content_type="text/javascript"
        ),
    )
