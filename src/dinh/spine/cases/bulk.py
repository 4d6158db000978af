"""The same act on many cases: shown beforehand case by case, done as long work, never twice, refusals told one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.cases import actions, duplicates, recategorising, scope
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.office_rows import BulkLine
from dinh.spine.cases.queries import case as one
from dinh.spine.jobs import api as jobs
from dinh.spine.jobs.api import Running, TaskRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

KIND: Final = "cases.bulk"
MOST: Final = 2000
PART: Final = 20
type Act = Callable[[str, Mapping[str, Any], Actor, int | None], CaseRow]
ACTS: Final[Mapping[str, Act]] = {
    "take": lambda urn, given, by, version: actions.take(urn, by=by, version=version),
    "assign": lambda urn, given, by, version: actions.assign(
        urn, to=given["to"], by=by, note=given.get("note", ""), version=version
    ),
    "hand_on": lambda urn, given, by, version: actions.hand_on(
        urn, organisation=given["organisation"], by=by, reason=given["reason"], version=version
    ),
    "move": lambda urn, given, by, version: actions.move(
        urn, transition=given["transition"], by=by, reason=given.get("reason", ""), version=version, params={}
    ),
    "comment": lambda urn, given, by, version: actions.comment(urn, text=given["text"], by=by),
    "recategorise": lambda urn, given, by, version: recategorising.recategorise(
        urn, category=given["category"], by=by, reason=given.get("reason", ""), version=version
    ),
    "join": lambda urn, given, by, version: duplicates.join(
        urn, into=given["into"], by=by, reason=given.get("reason", "")
    ),
}


class _Undone(Exception):
    """Takes back what a preview tried."""


def preview(act: str, urns: Sequence[str], given: Mapping[str, Any], *, by: Actor) -> Sequence[BulkLine]:
    """What the act would do to each case, tried for real and taken back, each by itself."""
    run = _checked(act, urns, given)
    lines = []
    for urn in dict.fromkeys(urns):
        row = one(urn)
        if not scope.may_see(row, by):
            lines.append(BulkLine(urn, "", 0, scope.no_case(urn)))
            continue
        try:
            with transaction.atomic():
                run(urn, given, by, None if act != "take" else row.version)
                raise _Undone
        except _Undone:
            lines.append(BulkLine(urn, row.title, row.version))
        except DinhError as error:
            lines.append(BulkLine(urn, row.title, row.version, error))
    return lines


def _checked(act: str, urns: Sequence[str], given: Mapping[str, Any]) -> Act:
    if act not in ACTS:
        raise Invalid(
            "cases.no_bulk", "'{act}' cannot be done to many cases; {acts} can", act=act, acts=", ".join(ACTS)
        )
    if not urns:
        raise Invalid("cases.bulk_none", "no case is chosen; choose at least one")
    if len(urns) > MOST:
        raise Invalid("cases.bulk_many", "{count} cases at once; choose {most} at most", count=len(urns), most=MOST)
    needed = {
        "assign": "to", "hand_on": "organisation", "move": "transition", "comment": "text", "join": "into",
        "recategorise": "category",
    }.get(act)  # fmt: skip
    if needed and not given.get(needed):
        raise Invalid("cases.bulk_needs", "say {what} first", what=needed)
    return ACTS[act]


@transaction.atomic
def start(
    act: str, lines: Sequence[tuple[str, int]], given: Mapping[str, Any], *, by: Actor, key: str, title: str
) -> TaskRow:
    """`lines` are cases with the version that was looked at: what changed since is refused, not overwritten."""
    _checked(act, [urn for urn, _ in lines], given)
    params = {"act": act, "cases": [list(line) for line in lines], "given": dict(given), "by": by.urn}
    return jobs.start(KIND, params, title=title, by=by.urn, key=key)


def run(running: Running) -> Mapping[str, Any]:
    """The long work: parts of a few cases, each part and its place in one transaction."""
    params = running.task.params
    by = parties.actor_for_work(params["by"])
    act, given = ACTS[params["act"]], params["given"]
    lines: Sequence[tuple[str, int]] = params["cases"]
    at, done = int(running.checkpoint.get("at", 0)), int(running.checkpoint.get("done", 0))
    refused: list[list[str]] = list(running.checkpoint.get("refused", ()))
    while at < len(lines):
        with transaction.atomic():
            for urn, version in lines[at : at + PART]:
                try:
                    with transaction.atomic():
                        act(urn, given, by, version)
                    done += 1
                except DinhError as error:
                    refused.append([urn, error.code, error.message])
            at = min(at + PART, len(lines))
            running.save({"at": at, "done": done, "refused": refused})
        running.report(at, len(lines))
    return {"done": done, "refused": refused}
