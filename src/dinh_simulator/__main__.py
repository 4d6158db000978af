"""`python -m dinh_simulator --url … --key … --province FILE`: a day of history, then the present until stopped."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from pathlib import Path

from dinh_simulator import history, nature, network, services, state, traffic
from dinh_simulator.http_gateway import ARROW, NDJSON, HttpGateway, pause
from dinh_simulator.incident import AFTER_START, Incidents
from dinh_simulator.live import Clockwork
from dinh_simulator.mqtt_gateway import MqttGateway, messages
from dinh_simulator.noise import HOUR
from dinh_simulator.province import BadProvince, Province, read
from dinh_simulator.readings import Sampler

ARCHIVE = "sim-kho-luu-tru"
"""Source of the history: it arrives late by its nature, and the instruments' own sources shall not look late."""
TICK_S = 0.5
IN_FLIGHT = 2


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dinh_simulator", description=__doc__)
    parser.add_argument("--url", required=True, help="address of Đình, like http://localhost:8000")
    parser.add_argument("--key", required=True, help="API key; '-' reads it from standard input")
    parser.add_argument("--province", required=True, type=Path, help="JSON file of communes, assets and facts")
    parser.add_argument("--mqtt", default="", help="mqtt://user:password@host:1883 for the present; '-' reads it too")
    parser.add_argument("--seed", type=int, default=94)
    parser.add_argument("--rate", type=float, default=60.0, help="readings a second, at least what instruments promise")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the incident runs its course")
    parser.add_argument("--history", type=float, default=26.0, help="hours of history to send first")
    parser.add_argument("--state", type=Path, help="file that remembers until when was sent")
    parser.add_argument("--seconds", type=float, default=0.0, help="end by itself after so many seconds of the present")
    return parser


class Simulation:
    """One run: fills the past, then follows the clock."""

    def __init__(self, options: argparse.Namespace, province: Province, stop: asyncio.Event) -> None:
        self.options, self.province, self.stop = options, province, stop
        self.state = state.load(options.state, options.seed)
        self.http = HttpGateway(options.url, options.key, stop)
        self.mqtt = MqttGateway(options.mqtt, stop) if options.mqtt else None
        self.sampler = self._sampler(now_ms())

    def _sampler(self, first: int) -> Sampler:
        self.incidents = Incidents(first + AFTER_START, tuple(self.state.incidents), self.options.speed)
        makers = (nature, network, services, traffic)
        found = [measure for maker in makers for measure in maker.measures(self.province, self.incidents)]
        return Sampler(found, self.options.seed)

    async def run(self) -> None:
        publishing = asyncio.create_task(self.mqtt.run()) if self.mqtt else None
        try:
            await self._facts()
            await self._fill()
            await self._follow()
        finally:
            self._remember()
            self.stop.set()
            if publishing is not None:
                await publishing
            await self.http.close()

    async def _facts(self) -> None:
        facts = self.province.facts
        if len(facts) != self.state.facts_sent:
            body = b"".join(json.dumps(fact).encode() + b"\n" for fact in facts)
            if await self.http.send(body, NDJSON):
                self.state.facts_sent = len(facts)

    async def _fill(self) -> None:
        end = now_ms()
        start = max(end - int(self.options.history * HOUR), self.state.sent_until)
        total = max((end - start + HOUR - 1) // HOUR, 0)
        began, sent = time.monotonic(), 0
        sending: set[asyncio.Task[bool]] = set()
        steps = history.hours(self.sampler, start, end)
        for number in range(1, total + 1):
            hour = await asyncio.to_thread(next, steps)
            for batch in history.batches(hour):
                body = await asyncio.to_thread(self.sampler.arrow, batch, source=ARCHIVE)
                if len(sending) >= IN_FLIGHT:
                    _, sending = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
                sending.add(asyncio.create_task(self.http.send(body, ARROW)))
                sent += len(batch)
            if self.stop.is_set():
                break
            print(f"history {number} of {total} hours, {sent} readings", flush=True)
        if sending:
            await asyncio.wait(sending)
        if not self.stop.is_set():
            self.state.sent_until = end
            self.sampler = self._sampler(now_ms())  # the incident begins when somebody can watch it
            print(f"history done, {sent} readings in {time.monotonic() - began:.1f} s", flush=True)

    async def _follow(self) -> None:
        factor = max(self.options.rate / max(self.sampler.per_second(), 0.001), 1.0)
        clockwork = Clockwork(self.sampler, max(self.state.sent_until, now_ms() - 2 * HOUR), factor)
        began = told = saved = time.monotonic()
        counted = 0
        while not self.stop.is_set():
            tick = time.monotonic()
            arriving = clockwork.until(now_ms())
            if arriving is not None:
                counted += len(arriving)
                if self.mqtt is not None:
                    self.mqtt.publish(messages(self.sampler.rows(arriving)))
                elif not await self.http.send(self.sampler.lines(arriving), NDJSON) and not self.stop.is_set():
                    print("simulator: a batch was refused as a whole and is left out", flush=True)
            self.state.sent_until = clockwork.last
            if tick - saved > 10:
                saved = tick
                self._remember()
            if tick - told > 60:
                tally = self.http.tally
                print(f"live {counted / (tick - told):.0f} readings/s, refused so far {tally.rejected}", flush=True)
                told, counted = tick, 0
            if self.options.seconds and tick - began > self.options.seconds:
                break
            await pause(self.stop, TICK_S - (time.monotonic() - tick))

    def _remember(self) -> None:
        self.state.incidents = self.incidents.begun_until(self.state.sent_until)
        state.save(self.options.state, self.state)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def _main(options: argparse.Namespace) -> int:
    try:
        province = read(options.province, options.seed)
    except BadProvince as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    await Simulation(options, province, stop).run()
    return 0


def main() -> int:
    options = arguments().parse_args()
    if options.key == "-":
        options.key = sys.stdin.readline().strip()
    if options.mqtt == "-":
        options.mqtt = sys.stdin.readline().strip()
    return asyncio.run(_main(options))


if __name__ == "__main__":
    sys.exit(main())
