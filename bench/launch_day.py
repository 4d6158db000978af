"""The first day of a network that everybody opens at once: cached and uncached pages, reports, ten times too much, and after it.

Generators run on the same cores as the server: what it does alone is more.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench import Result, at_least, at_most
from bench.house import data_folder, served
from bench.senders import Tally, get, send

REPORTS = 2_000
"""In the register before: what lists and maps draw."""
CACHED = "/app/reports/"
SECONDS = 6.0
PHOTO_BYTES = 150_000
CROWD = 1_000
TELL = """
import django, json
django.setup()
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.models import Submission
print(json.dumps([str(id) for id in Submission.objects.values_list("pk", flat=True)]))
"""


def run() -> list[Result]:
    with data_folder() as home:
        _fill()
        with served(home, "--no-worker") as house:
            results = [_cached(house.port), *_uncached(house.port, _plain(home))]
        with served(home, "--no-worker") as house:
            results += asyncio.run(_reports(house.port, home))
        with served(home, "--no-worker") as house:
            results += asyncio.run(_crowd(house.port))
        results.append(_lost(home))
    return results


def _fill() -> None:
    """The units of the country, and reports of the past over the area of the demonstration."""
    import random
    from datetime import timedelta

    from dinh.kernel import clock
    from dinh.spine.parties.api import SYSTEM
    from dinh.spine.places import api as places
    from dinh.spine.requests import api as requests

    places.load_units()

    pick = random.Random(1)
    codes = [row.code for row in requests.services() if not row.private]
    now = clock.now()
    requests.import_past(
        (
            requests.PastRequest(
                id=f"{n:05d}", category=pick.choice(codes), at=now - timedelta(hours=pick.uniform(1, 2000)),
                description=f"Việc số {n} cần xử lý", longitude=pick.uniform(105.6, 106.2), latitude=pick.uniform(9.3, 9.9),
                address=f"Đường số {n}",
            )
            for n in range(REPORTS)
        ),
        source="bench", by=SYSTEM,
    )  # fmt: skip


def _cached(port: int) -> Result:
    """By wrk, since a generator in Python is slower than what it measures."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is not installed; run: tools/debian_packages wrk")
    url = f"http://127.0.0.1:{port}{CACHED}"
    asyncio.run(send(port, lambda: get(CACHED), connections=1, seconds=0.5))
    command = [wrk, "-t1", "-c64", f"-d{SECONDS:.0f}s", "--latency", "-H", "Accept-Encoding: gzip", url]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]
    p99 = re.search(r"99%\s+(\S+)", told)[1]  # type: ignore[index]
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    bare = _bare(asyncio.run(send(port, lambda: get(CACHED), connections=1, seconds=0.1, keep=True)).bodies[0])
    return at_least(
        "launch_cached", rate, "requests/s", 8_000, peer="uvicorn alone with a body of as many bytes, same generator", peer_value=bare,
        input=f"wrk, 64 connections, {SECONDS:.0f} s, {CACHED} packed, one process; p99 {p99}; {wrong[1] if wrong else 0} refused",
    )  # fmt: skip


BARE = """
import asyncio, sys, uvicorn
body = b"x" * int(sys.argv[1])
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", sys.argv[1].encode())]})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[2]), log_config=None, http="httptools", loop="uvloop", lifespan="off")
"""


def _bare(page: bytes) -> float:
    with _peer("-c", BARE, str(len(page))) as port:
        told = subprocess.run(
            ["wrk", "-t1", "-c64", "-d4s", f"http://127.0.0.1:{port}/"], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]


def _plain(home: Path) -> float:
    """Pages a second of the peer, by the same generator."""
    number = iter(range(10**9))
    with _peer(str(Path(__file__).with_name("plain_page.py")), str(home / "registers.sqlite3")) as port:
        tally = asyncio.run(
            send(port, lambda: get(f"/bench-{next(number) % REPORTS:05d}/"), connections=16, seconds=SECONDS)
        )
    return tally.statuses[200] / tally.seconds


@contextmanager
def _peer(*program: str) -> Iterator[int]:
    """A program of Python that serves on the port behind its other arguments; the port, once it serves."""
    from bench.house import free_port

    port = free_port()
    process = subprocess.Popen([sys.executable, *program, str(port)])
    try:
        time.sleep(3)
        yield port
    finally:
        process.terminate()
        process.wait()


def _uncached(port: int, plain: float) -> list[Result]:
    """Pages that nobody asked for before: each has an address of its own."""
    number = iter(range(10**9))
    results = []
    addresses: Mapping[str, Callable[[int], str]] = {
        "page": lambda n: f"/app/reports/bench-{n % REPORTS:05d}/?x={n}",
        "list": lambda n: f"/app/reports/?q=viec&page={n % (REPORTS // 20) + 1}&x={n}",
    }
    for name, address in addresses.items():

        def request(address: Callable[[int], str] = address) -> bytes:
            return get(address(next(number)))

        tally = asyncio.run(send(port, request, connections=16, seconds=SECONDS))
        rate = tally.statuses[200] / tally.seconds
        results += [
            at_least(f"launch_uncached_{name}", rate, "pages/s", 150, peer="Django as its tutorial has it, two queries of the same register, under uvicorn", peer_value=plain, input=f"16 connections, {SECONDS:.0f} s, {address(0)} and on, {REPORTS:,} reports, one process; statuses {dict(tally.statuses)}"),
            at_most(f"launch_uncached_{name}_p99", tally.share(0.99), "ms", 500, input="of the same"),
        ]  # fmt: skip
    return results


# --- reports ----------------------------------------------------------------------


def report(photo: bytes = b"") -> bytes:
    boundary = "dinh-bench"
    values = {
        "id": str(uuid.uuid4()),
        "category": "waste",
        "description": f"Rác chưa thu {uuid.uuid4()}",
        "address": "Chợ",
    }
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    if photo:
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'.encode()
            + photo
            + b"\r\n"
        )
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    head = (
        f"POST /app/report/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _reports(port: int, home: Path) -> list[Result]:
    photo = b"\xff\xd8\xff" + os.urandom(PHOTO_BYTES)
    plain = await send(port, report, connections=64, seconds=SECONDS, keep=True)
    with_photo = await send(port, lambda: report(photo), connections=32, seconds=SECONDS, keep=True)
    _remember(plain, with_photo)
    syncs = _syncs(home)
    said = "connections, each on the disk before its number; statuses"
    return [
        at_least("launch_reports", plain.statuses[201] / plain.seconds, "reports/s", 100, peer="syncs of one small append after another on this disk", peer_value=syncs, input=f"words alone, 64 {said} {dict(plain.statuses)}; p99 {plain.share(0.99):.0f} ms"),
        at_least("launch_reports_photo", with_photo.statuses[201] / with_photo.seconds, "reports/s", 50, input=f"with a photo of {PHOTO_BYTES:,} bytes, 32 {said} {dict(with_photo.statuses)}; p99 {with_photo.share(0.99):.0f} ms"),
    ]  # fmt: skip


def _syncs(home: Path) -> float:
    descriptor = os.open(home / "probe", os.O_WRONLY | os.O_CREAT)
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < 2:
        os.write(descriptor, b"x" * 600)
        os.fsync(descriptor)
        count += 1
    os.close(descriptor)
    return count / 2


KINDS: Mapping[str, Callable[[int], bytes]] = {
    "map": lambda n: get(f"/app/reports/points.geojson?y={n}", "text/html"),
    "list": lambda n: get(f"/app/reports/?q=viec&y={n}"),
    "page": lambda n: get(f"/app/reports/bench-{n % REPORTS:05d}/?y={n}"),
}
LEVELS = (48, 140, 330)
"""Connections without rest, a third for each kind: too few for any threshold, so many that lists and pages alone reach the first
(80 in hand), so many that they reach the second (140) while pages alone do not; then the crowd, in which most are refused."""
NEARLY = 0.05


async def _crowd(port: int) -> list[Result]:
    """Ever more connections that ask for pages without rest, at last a thousand, while people report."""
    number = iter(range(10**9))

    def requests_of(kind: Callable[[int], bytes]) -> Callable[[], bytes]:
        return lambda: kind(next(number))

    async def visit(connections: int, seconds: float, settle_s: float = 0.0) -> dict[str, Tally]:
        each = max(connections // len(KINDS), 1)
        tallies = [
            send(port, requests_of(kind), connections=each, seconds=seconds, settle_s=settle_s)
            for kind in KINDS.values()
        ]
        return dict(zip(KINDS, await asyncio.gather(*tallies), strict=True))

    def refused(tallies: dict[str, Tally]) -> list[float]:
        return [tally.statuses[503] / max(sum(tally.statuses.values()), 1) for tally in tallies.values()]

    quiet = await visit(9, 3)
    sustained = sum(tally.statuses[200] / tally.seconds for tally in quiet.values())
    shares = [refused(await visit(connections, 3, settle_s=3)) for connections in LEVELS]
    crowd = asyncio.create_task(visit(CROWD, 10))
    await asyncio.sleep(1)
    reports = await send(port, report, connections=16, seconds=8, keep=True)
    tallies = await crowd
    shares.append(refused(tallies))
    _remember(reports)
    ended = time.perf_counter()
    while True:
        after = await send(port, lambda: KINDS["list"](next(number)), connections=2, seconds=0.5)
        if after.statuses[503] == 0 and after.share(0.99) < 500:
            break
        if time.perf_counter() - ended > 60:
            break
    recovered = time.perf_counter() - ended
    offered = sum(sum(tally.statuses.values()) / tally.seconds for tally in tallies.values())
    statuses = {kind: dict(tally.statuses) for kind, tally in tallies.items()}
    told = f"{CROWD:,} connections without rest for 10 s: {offered:,.0f}/s offered, {offered / sustained:.1f} times the sustained {sustained:,.0f}/s; {statuses}"
    shown = ", ".join(
        f"{connections}: {' '.join(f'{kind} {share:.0%}' for kind, share in zip(KINDS, level, strict=True))}"
        for connections, level in zip((*LEVELS, CROWD), shares, strict=True)
    )
    in_order = all(level[0] > level[1] - NEARLY > level[2] - 2 * NEARLY for level in shares)
    apart = any(level[0] > 0.5 > NEARLY > level[1] for level in shares) and any(
        level[1] > 0.5 > NEARLY > level[2] for level in shares
    )
    return [
        at_least("launch_crowd_reports", reports.statuses[201] / max(sum(reports.statuses.values()), 1), "1", 1.0, input=f"share of {sum(reports.statuses.values()):,} reports taken meanwhile, p99 {reports.share(0.99):,.0f} ms; {told}"),
        at_least("launch_crowd_times", offered / sustained, "1", 10, input=told),
        at_least("launch_order", float(in_order and apart), "1", 1.0, input=f"maps go first, then lists, then pages; refused at so many connections, after 3 s in which all came at once: {shown}"),
        at_most("launch_recovery", recovered, "s", 10, input="until pages are under 500 ms and none is refused again"),
    ]  # fmt: skip


given: set[str] = set()


def _remember(*tallies: Tally) -> None:
    for tally in tallies:
        given.update(json.loads(body)["id"] for body in tally.bodies if b'"number"' in body)


def _lost(home: Path) -> Result:
    environment = os.environ | {"DINH_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dinh.project.settings"}
    told = subprocess.run(
        [sys.executable, "-c", TELL], env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    there = set(json.loads(told.splitlines()[-1]))
    return at_most(
        "launch_lost",
        len(given - there),
        "reports",
        0,
        input=f"of {len(given):,} that were given a number in all of this, {len(there):,} in the register",
    )
