"""Long work: laying a ground, calculating a network that takes longer than anybody waits for a page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.spine.jobs import api as jobs
from dinh.systems.network_5g import examples, programme_actions, queries
from dinh.systems.network_5g.actions import CALCULATE, EXAMPLE, GROW, LAY, ground_is
from dinh.systems.network_5g.models import Area, Choice, Raster, Rollout, Scenario
from dinh.systems.network_5g.programme import COVERING
from dinh.systems.network_5g.radio_process import RadioProcess

DAY_S: Final = 24 * 3600
ROOM_BYTES: Final = 4_000_000_000
"""Answers that are kept; the least recently used go first."""


def declare() -> None:
    jobs.task_kind(LAY, lay, attempts=1)
    jobs.task_kind(CALCULATE, calculate, attempts=2)
    jobs.task_kind(GROW, grow, attempts=2)
    jobs.task_kind(EXAMPLE, example, attempts=2)
    jobs.task_kind(programme_actions.ROLLOUT, roll_out, attempts=1)
    jobs.task_kind(programme_actions.CHOOSE, choose, attempts=1)


def lay(running: jobs.Running) -> Mapping[str, Any]:
    area = Area.objects.get(pk=running.task.params["area"])
    process = RadioProcess()
    try:
        name = process.ask("lay", queries.ground_question(area), hear=running.report)
    finally:
        process.end()
    ground_is(area=area, name=name)
    return {"area": str(area.pk), "ground": name, "people": area.about["people"], "km2": area.about["area_km2"]}


def calculate(running: jobs.Running) -> Mapping[str, Any]:
    scenario = Scenario.objects.select_related("area").get(pk=running.task.params["scenario"])
    question = queries.question(scenario)
    process = RadioProcess()
    try:
        summary = process.ask("calculate", question, hear=running.report)
    finally:
        process.end()
    return {"scenario": str(scenario.pk), "digest": question.digest, "seconds": round(summary["seconds"], 2)}


def grow(running: jobs.Running) -> Mapping[str, Any]:
    scenario = Scenario.objects.select_related("area").get(pk=running.task.params["scenario"])
    question = queries.question(scenario)
    process = RadioProcess()
    try:
        process.ask("what_fails_first", question, hear=running.report)
    finally:
        process.end()
    return {"scenario": str(scenario.pk), "digest": question.digest}


def example(running: jobs.Running) -> Mapping[str, Any]:
    row = examples.make(examples.example_of(running.task.params), hear=running.report)
    return {"scenario": str(row.pk), "area": str(row.area_id)}


def roll_out(running: jobs.Running) -> Mapping[str, Any]:
    row = Rollout.objects.select_related("scenario__area").get(scenario=running.task.params["scenario"])
    return _answered(running, row, "work_out", programme_actions.rollout_question(row), hear=running.report)


def choose(running: jobs.Running) -> Mapping[str, Any]:
    """Stopped while it searches, the best that was found by then is kept with its proof; the work counts as stopped."""
    row = Choice.objects.select_related("scenario__area").get(scenario=running.task.params["scenario"])
    with tempfile.TemporaryDirectory() as folder:
        enough = Path(folder) / "enough"

        def hear(done: int, of: int, note: str = "") -> None:
            try:
                running.report(done, of, note)
            except jobs.Cancelled as stopped:
                # Who covers whom is worth nothing by halves; and a worker that ends goes on another time.
                if done < COVERING or type(stopped) is not jobs.Cancelled:
                    raise
                enough.touch()

        told = _answered(running, row, "choose", programme_actions.choice_question(row), enough, hear=hear)
        if enough.exists():
            raise jobs.Cancelled
    return told


def _answered(
    running: jobs.Running, row: Rollout | Choice, name: str, *question: Any, hear: Callable[..., None]
) -> Mapping[str, Any]:
    """What the radio process refuses is kept for the page, which tells it in its reader's language; the work is done then."""
    process = RadioProcess()
    try:
        answer = process.ask(name, *question, hear=hear)
    except DinhError as error:
        programme_actions.keep_refusal(row=row, task=running.task.id, error=error)
        return {"scenario": str(row.scenario_id), "refused": error.code}
    finally:
        process.end()
    programme_actions.keep_answer(row=row, task=running.task.id, answer=answer)
    return {"scenario": str(row.scenario_id), "digest": answer["digest"]}


def tidy() -> None:
    """Answers beyond the room for them go; grounds and rasters that no area has, and lists that nobody took."""
    _tidy_results(queries.folder("results"))
    kept = set(Raster.objects.values_list("sha256", flat=True))
    for path in _files(queries.folder("rasters")):
        if path.stem not in kept and _age_order(path)[0] < _newest_to_go():
            path.unlink(missing_ok=True)
    for path in _files(queries.folder("lists")):
        if _age_order(path)[0] < _newest_to_go() - DAY_S:
            path.unlink(missing_ok=True)
    held = set(Area.objects.values_list("ground", flat=True))
    for folder in _folders(queries.folder("grounds")):
        if folder.name not in held and _age_order(folder)[0] < _newest_to_go():
            shutil.rmtree(folder, ignore_errors=True)


def _tidy_results(results: Path) -> None:
    sizes = {folder: sum(file.stat().st_size for file in folder.rglob("*.*")) for folder in _folders(results)}
    total = sum(sizes.values())
    for folder in sorted(sizes, key=_age_order):
        if total <= ROOM_BYTES:
            return
        shutil.rmtree(folder, ignore_errors=True)
        total -= sizes[folder]


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _age_order(folder: Path) -> tuple[float, str]:
    try:
        return folder.stat().st_mtime, folder.name
    except FileNotFoundError:
        return 0.0, folder.name


def _newest_to_go() -> float:
    """A ground that was laid an hour ago may belong to work that has not told its area yet."""
    return clock.now().timestamp() - 3600
