"""Two child processes that know the roads (docs/adr/0012): threads of the web wait for them with a limit, a crash of the C++
code ends one child and one question, and another graph is simply another child."""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from dinh.kernel.errors import NotFound, SourceUnavailable
from dinh.systems.maps.feeds import road_graph
from dinh.systems.maps.routing import graph as graphs
from dinh.systems.maps.routing.graph import Graph

CHILDREN: Final = 2
PATIENCE_S: Final = 4.0
"""How long a question waits until a child is free."""
ANSWER_S: Final = 10.0
"""How long it may take; then the child is ended."""
CHILD: Final = "dinh.systems.maps.routing.child"


class Refusal(Exception):
    """Valhalla's own refusal, by its number (https://valhalla.github.io/valhalla/api/turn-by-turn/api-reference)."""

    def __init__(self, number: int, says: str) -> None:
        super().__init__(f"{number}: {says}")
        self.number = number
        self.says = says


def _config(graph: Graph) -> Path:
    """Written anew for each child: the data folder may have been moved since the graph was built."""
    path = graph.folder / "valhalla.json"
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    draft.write_text(json.dumps(road_graph.settings(graph.folder)), encoding="utf-8")
    draft.replace(path)
    return path


class _Child:
    """Started when it is first asked, and anew when it ended or the graph in force is another."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[str] | None = None
        self._digest = ""

    def ask(self, graph: Graph, question: str) -> str:
        """Empty where the child ended."""
        child = self._of(graph)
        assert child.stdin is not None
        assert child.stdout is not None
        timer = threading.Timer(ANSWER_S, child.kill)
        timer.daemon = True
        timer.start()
        try:
            child.stdin.write(question + "\n")
            child.stdin.flush()
            return child.stdout.readline()
        except OSError:
            return ""
        finally:
            timer.cancel()

    def _of(self, graph: Graph) -> subprocess.Popen[str]:
        child = self._running
        if child is None or child.poll() is not None or self._digest != graph.digest:
            self.end()
            child = self._running = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", CHILD, str(_config(graph))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                encoding="utf-8",
            )  # fmt: skip
            self._digest = graph.digest
            os.setpriority(os.PRIO_PROCESS, child.pid, 5)
        return child

    def end(self) -> None:
        child, self._running = self._running, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()


class Ways:
    def __init__(self, children: int = CHILDREN) -> None:
        self._all = [_Child() for _ in range(children)]
        # Last in, first out: while one is enough, the other is not even started.
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        for child in self._all:
            self._idle.put(child)

    def ask(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """Valhalla's answer. Raises Refusal, NotFound `maps.no_map` before the first import, SourceUnavailable `maps.busy`
        and `maps.ended`."""
        graph = graphs.current()
        if graph is None:
            raise NotFound("maps.no_map", "no roads were imported yet; an operator runs: dinh import map FILE.osm.pbf")
        question = json.dumps({"ask": name, "of": json.dumps(request)})
        try:
            child = self._idle.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise SourceUnavailable("maps.busy", "too many ways are being looked for at this moment; try again in some seconds") from None  # fmt: skip
        try:
            line = child.ask(graph, question)
            if not line.endswith("\n"):
                child.end()
                raise SourceUnavailable("maps.ended", "the search for the way took too long or broke off; try again, with points closer together")  # fmt: skip
        finally:
            self._idle.put(child)
        told: dict[str, Any] = json.loads(line)
        if "refused" in told:
            raise Refusal(told["refused"], told["says"])
        answer: dict[str, Any] = json.loads(told["answer"])
        return answer

    def end(self) -> None:
        """All children; the next question starts one anew."""
        for child in self._all:
            child.end()


ways: Final = Ways()
atexit.register(ways.end)
