"""`dinh demo`: the Sóc Trăng area with simulated life, in the foreground until Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
from django.conf import settings

from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import registry
from dinh.project import environment
from dinh.project.demo import broker, identities
from dinh.project.demo.children import Child, stop
from dinh.project.demo.preparing import Prepared, prepare

HELP = "the demonstration: a simulated Sóc Trăng, until Ctrl-C"
READY_WITHIN_S = 120
STOP_WITHIN_S = 8.0
BROKER = "mosquitto"
SHOWN = "Sóc Trăng"
REPORTS = "reports"


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh demo", description=HELP)
    parser.add_argument("--seed", type=int, default=94, help="another seed is another province")
    # A little more than a day: the tiles compare with the same moment of the day before.
    parser.add_argument("--history", type=float, default=26.0, help="hours of history to fill in first")
    parser.add_argument("--rate", type=float, default=60.0, help="readings a second of the present")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the incident runs its course")
    parser.add_argument("--no-broker", action="store_true", help="send over HTTP alone, also where Mosquitto is there")
    return Demonstration(parser.parse_args(arguments)).run()


def _dinh() -> list[str]:
    """The `dinh` command of this environment."""
    script = Path(sys.executable).with_name("dinh")
    return [str(script)] if script.is_file() else [sys.executable, "-c", "from dinh.project.cli import main; main()"]


class Interrupted(Exception):
    """Somebody wants it to end."""


class Demonstration:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.host, self.port = environment.read("DINH_HOST"), environment.number("PORT")
        self.home: Path = settings.HOME
        self.folder = self.home / "demo"
        self.children: list[Child] = []
        self.once: list[Child] = []
        """Work that ends by itself and is not started again."""
        self.began = time.monotonic()
        self.asked_to_end = threading.Event()
        self.progress = ""
        self.history_done = threading.Event()

    def run(self) -> int:
        """Exit status: 0 after Ctrl-C, 1 when the server ended by itself."""
        self._refuse_busy_port()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, lambda *_: self.asked_to_end.set())
        try:
            return self._run()
        except Interrupted:
            return 0
        finally:
            if any(child.ended is None for child in self.children):
                print("\nStopping …", flush=True)
            brokers = [child for child in self.children if child.name == BROKER]
            others = [child for child in (*self.once, *self.children) if child not in brokers]
            stop(others, brokers, within_s=STOP_WITHIN_S)

    def _run(self) -> int:
        print(f"Đình, the demonstration of {SHOWN}: everything that moves here is simulated.\n", flush=True)
        prepared = prepare(self.folder, seed=self.options.seed, tell=self._step)
        self._pause(0)
        mosquitto = self._broker()
        vneid = self._vneid()
        server = self._server(mosquitto, vneid)
        self._wait_until_ready(server)
        self._simulator(prepared, mosquitto)
        self._reports()
        self._wait_for_the_picture(server)
        self._tell(prepared, mosquitto)
        return self._watch(server)

    # --- steps ---------------------------------------------------------------

    def _step(self, what: str) -> None:
        if self.asked_to_end.is_set():
            raise Interrupted
        print(f"  {time.monotonic() - self.began:5.1f} s  {what}", flush=True)

    def _pause(self, seconds: float) -> None:
        if self.asked_to_end.wait(seconds):
            raise Interrupted

    def _refuse_busy_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with closing(socket.socket(family)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise Conflict(
                    "demo.port_busy",
                    "port {port} cannot be taken ({why}); choose another: PORT={other} make demo",
                    port=self.port,
                    why=error.strerror or error,
                    other=self.port + 1 if self.port < 65535 else 8001,
                ) from error

    def _broker(self) -> broker.Mosquitto | None:
        program = None if self.options.no_broker else broker.executable()
        if program is None:
            why = "left out" if self.options.no_broker else "not installed (Debian: apt install mosquitto)"
            self._step(f"Mosquitto is {why}: readings come over HTTP alone")
            return None
        mosquitto = broker.configure(program, self.folder)
        child = Child(BROKER, mosquitto.command, self.folder / "mosquitto.log")
        self._start(child)
        if not broker.answers(mosquitto.port, within_s=10):
            self._step(f"Mosquitto does not answer, see {child.log}: readings come over HTTP alone")
            self.children.remove(child)
            stop([child], within_s=2)
            return None
        self._step(f"Mosquitto on 127.0.0.1:{mosquitto.port}")
        return mosquitto

    def _vneid(self) -> identities.SimulatedVneid | None:
        vneid = identities.configure(self.folder)
        child = Child("vneid", vneid.command, self.folder / "vneid.log", secret_lines=[vneid.secret])
        self._start(child)
        if not broker.answers(vneid.port, within_s=15):
            self._step(f"the simulated VNeID does not answer, see {child.log}: nobody signs in by it")
            self.children.remove(child)
            stop([child], within_s=2)
            return None
        self._step(f"simulated VNeID on 127.0.0.1:{vneid.port}")
        return vneid

    def _server(self, mosquitto: broker.Mosquitto | None, vneid: identities.SimulatedVneid | None) -> Child:
        command = [*_dinh(), "serve", "--host", self.host, "--port", str(self.port)]
        added = {"DINH_DEMO": "1", "DINH_HOME": str(self.home), "PYTHONUNBUFFERED": "1"}
        if mosquitto is not None:
            added["DINH_MQTT_URL"] = mosquitto.for_dinh
        if vneid is not None:
            added |= vneid.for_dinh
        server = Child("server", command, self.folder / "server.log", added)
        self._start(server)
        return server

    def _simulator(self, prepared: Prepared, mosquitto: broker.Mosquitto | None) -> None:
        command = [sys.executable, "-m", "dinh_simulator", "--url", self._here(), "--key", "-"]
        command += ["--province", str(prepared.province), "--state", str(self.folder / "simulator.json")]
        for option in ("seed", "rate", "speed", "history"):
            command += [f"--{option}", str(getattr(self.options, option))]
        secrets = [prepared.key]
        if mosquitto is not None:
            command += ["--mqtt", "-"]
            secrets.append(mosquitto.for_simulator)
        log = self.folder / "simulator.log"
        self._start(Child("simulator", command, log, secret_lines=secrets, hear=self._hear_simulator))

    def _reports(self) -> None:
        """Reports of the public with their histories, by a process of its own: its clock stands in the past."""
        if not any(command.under == REPORTS for one in registry.manifests() for command in one.commands):
            return
        child = Child(REPORTS, ["nice", *_dinh(), REPORTS, "examples"], self.folder / "reports.log")
        child.log.unlink(missing_ok=True)
        child.start()
        self.once.append(child)

    def _start(self, child: Child) -> None:
        child.log.unlink(missing_ok=True)
        child.start()
        self.children.append(child)

    def _hear_simulator(self, line: str) -> None:
        if line.startswith("history "):
            self.progress = line
            if line.startswith("history done"):
                self.history_done.set()

    def _here(self) -> str:
        """The server's address as the children and the checks reach it."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def _wait_until_ready(self, server: Child) -> None:
        self._step("server")
        self._wait(server, "/readyz", lambda answer: answer.status_code == 200)

    def _wait_for_the_picture(self, server: Child) -> None:
        told = ""
        deadline = time.monotonic() + READY_WITHIN_S * 5
        while not self.history_done.is_set() and time.monotonic() < deadline:
            if self.progress != told:
                told = self.progress
                self._step(told)
            self._watch_once(server)
            self._pause(0.5)
        self._step(self.progress or "history is still being filled in")
        self._wait(server, "/", lambda answer: answer.status_code == 200 and SHOWN in answer.text)

    def _wait(self, server: Child, path: str, good: object) -> None:
        """Raises Conflict `demo.not_ready` with the server's last words."""
        assert callable(good)
        deadline = time.monotonic() + READY_WITHIN_S
        said = "no answer"
        while time.monotonic() < deadline:
            if server.ended is not None:
                break
            try:
                answer = httpx.get(self._here() + path, timeout=20, trust_env=False, follow_redirects=True)
                if good(answer):
                    return
                said = f"{answer.status_code}: {answer.text[:300]}"
            except httpx.HTTPError as error:
                said = str(error)
            self._pause(0.3)
        raise Conflict(
            "demo.not_ready",
            "the server did not come up ({said}). Its last words, from {log}:\n{words}",
            said=said,
            log=server.log,
            words=server.last_words(),
        )

    # --- while it runs ---------------------------------------------------------

    def _tell(self, prepared: Prepared, mosquitto: broker.Mosquitto | None) -> None:
        address = f"http://localhost:{self.port}/"
        lines = [
            "",
            f"  Ready after {time.monotonic() - self.began:.0f} s.  Open  {address}",
            "",
            "  Within about four minutes salt water passes 4 g/l at Trần Đề and Mỹ Thanh",
            "  while the power fails in Vĩnh Châu; it eases and comes back about hourly.",
            "",
            f"  Accounts (one click at {address}account/sign-in/ on this machine):",
        ]
        for username, name, role in prepared.accounts:
            password = prepared.passwords.get(username, "(password shown at the first start)")
            lines.append(f"    {username:<20}{role:<15}{name:<22}{password}")
        if prepared.passwords:
            lines.append("  These passwords are shown only now.")
        lines += [
            "",
            f"  Data and logs: {self.home}",
            *([f"  MQTT, until the demonstration ends: {mosquitto.for_people}"] if mosquitto else []),
            "  Stop with Ctrl-C.",
            "",
        ]
        print("\n".join(lines), flush=True)

    def _watch(self, server: Child) -> int:
        while True:
            self._watch_once(server)
            self._pause(1.0)

    def _watch_once(self, server: Child) -> None:
        """The server's end is ours; the simulator and the broker are started again, with growing pauses."""
        if server.ended is not None:
            raise Conflict(
                "demo.server_ended",
                "the server ended with status {status}. Its last words, from {log}:\n{words}",
                status=server.ended,
                log=server.log,
                words=server.last_words(),
            )
        for child in self.children:
            if child is not server and child.ended is not None:
                print(f"  {child.name} ended with status {child.ended}, see {child.log}; starting it again", flush=True)
                self._pause(min(2.0**child.starts, 60.0))
                child.start()
