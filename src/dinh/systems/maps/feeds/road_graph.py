"""Builds the graph of roads with the builder that Valhalla's wheel brings, in a process of its own."""

from __future__ import annotations

import json
import os
import queue
import re
import resource
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from dinh.kernel.errors import Invalid, SourceUnavailable

LARGEST_FILE_BYTES: Final = 40 * 2**30
"""No file that the builder writes grows beyond this, whatever it is given."""
LONGEST_S: Final = 6 * 3600.0
SILENT_S: Final = 30 * 60.0
"""Without a word; chosen to lie far beyond any stage of the file of a whole country."""
CACHE_BYTES: Final = 128 * 2**20
SPEEDS: Final = "speeds.json"
_STAGE: Final = re.compile(r"\[(?:INFO|ERROR|WARN)\]\s*(?:\x1b\[0m)?\s*(.+)")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")

_WAYS: Final = {
    "urban": [80, 45, 35, 32, 28, 24, 20, 12],
    "rural": [90, 65, 55, 50, 40, 32, 25, 15],
}  # fmt: skip
"""Assumed mean speeds in km/h, from motorways to service roads, where no sign is mapped: OpenStreetMap says how fast one may go
on few roads of Vietnam, and Valhalla's own figures are those of emptier countries. No traffic is known."""


def settings(folder: Path) -> dict[str, Any]:
    """Valhalla's configuration for the graph in a folder; the same for building and asking."""
    from valhalla.config import get_config  # late: a start of the house does not wait for it

    config: dict[str, Any] = get_config(tile_extract="", tile_dir=folder / "tiles")
    mjolnir = config["mjolnir"]
    mjolnir["max_cache_size"] = CACHE_BYTES
    mjolnir["default_speeds_config"] = str(folder / SPEEDS)
    for name in ("admin", "timezone", "transit_dir", "traffic_extract", "landmarks"):
        mjolnir.pop(name, None)
    return config


def version() -> str:
    import valhalla

    return str(valhalla.__version__)


def _builder() -> Path:
    import valhalla

    return Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"


def build(source: Path, folder: Path, *, progress: Callable[[str], None] = lambda stage: None) -> None:
    """Writes `tiles` below the folder. Raises Invalid with the builder's last word where it fails."""
    (folder / "tiles").mkdir(parents=True)
    (folder / SPEEDS).write_text(json.dumps([_speeds()]), encoding="utf-8")
    config = settings(folder)
    config["logging"]["type"] = "std_out"
    path = folder / "build.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    said = _run(
        [str(_builder()), "--config", str(path), "--concurrency", str(os.cpu_count() or 1), str(source)], progress
    )
    path.unlink()
    if not any((folder / "tiles").rglob("*.gph")):
        raise Invalid("maps.no_graph", "no road of '{name}' can be travelled ({said}); give an extract of OpenStreetMap with its roads", name=source.name, said=said)  # fmt: skip


def _speeds() -> dict[str, Any]:
    links = {
        "link_exiting": [50, 40, 35, 30, 25],
        "link_turning": [40, 35, 30, 25, 20],
        "roundabout": [35, 30, 28, 25, 22, 20, 18, 12],
    }
    return {area: {"way": speeds, **links} for area, speeds in _WAYS.items()}


def _hold(child: int) -> None:
    """The builder gives way to the server and fills no disk; it may have ended already."""
    with suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, child, 10)
        resource.prlimit(child, resource.RLIMIT_FSIZE, (LARGEST_FILE_BYTES, LARGEST_FILE_BYTES))


def _lines_of(child: subprocess.Popen[str]) -> queue.SimpleQueue[str | None]:
    """What it writes as it comes, then None: its pipe alone knows no limit of time."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def hear() -> None:
        assert child.stdout is not None
        with child.stdout as said:
            for line in said:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=hear, name="dinh-road-builder", daemon=True).start()
    return lines


def _run(command: list[str], progress: Callable[[str], None]) -> str:
    """The last line that it wrote."""
    try:
        child = subprocess.Popen(  # noqa: S603 - the wheel's own builder
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise SourceUnavailable("maps.no_builder", "the builder of roads cannot be started ({why}); install pyvalhalla anew", why=error) from error  # fmt: skip
    last = ""
    ends = time.monotonic() + LONGEST_S
    try:
        _hold(child.pid)
        lines = _lines_of(child)
        while True:
            limit = max(0.0, min(SILENT_S, ends - time.monotonic()))
            try:
                line = lines.get(timeout=limit)
                if line is None:
                    code = child.wait(timeout=limit)
                    break
            except (queue.Empty, subprocess.TimeoutExpired):
                raise SourceUnavailable("maps.builder_hangs", "the builder of roads came no further for {minutes} minutes after «{said}» and was ended; look whether memory and disk suffice, then import the file again", minutes=round(limit / 60), said=last or "-") from None  # fmt: skip
            if found := _STAGE.search(_COLOUR.sub("", line)):
                last = found[1].strip()[:200]
                progress(last)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if code:
        raise Invalid("maps.builder_failed", "the builder of roads ended with {code}: {said}; check that the file is whole", code=code, said=last or "-")  # fmt: skip
    return last
