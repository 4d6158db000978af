"""Neighbours of cells, what is wrong with their identities (PCI), and numbering them anew."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound
from dinh.kernel.vietnamese_text import fold
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.calculation.questions import Question
from dinh.systems.network_5g.domain import Carrier, plain
from dinh.systems.network_5g.exports import neighbour_list
from dinh.systems.network_5g.models import Edit, Scenario
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.web.exports import file_name
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

SIZE: Final = 50
FINDINGS: Final = 25
SHOWN: Final = 6
"""Neighbours of a cell on the page; files have all of them."""
KINDS: Final = ("collision", "confusion", "mod30", "mod3")


def kind_names() -> dict[str, str]:
    return {"collision": _("Collision"), "confusion": _("Confusion"), "mod30": _("Equal modulo 30"), "mod3": _("Equal modulo 3")}  # fmt: skip


def kind_words() -> dict[str, str]:
    """Why each matters, the gravest first."""
    return {
        "collision": _("Two neighbours have one PCI. A terminal between them can tell neither: it finds no cell, or drops its connection. Must be removed."),
        "confusion": _("Two neighbours of one cell have one PCI. The cell hands a terminal to the wrong one, and the handover fails. Must be removed."),
        "mod30": _("The reference signals of the uplink are the same: the cells take each other's terminals for noise that does not average out. Costs quality at the edge."),
        "mod3": _("The primary synchronisation signals are the same: terminals find and measure both cells worse. Costs quality; with three values it cannot be avoided everywhere."),
    }  # fmt: skip


SEVERITIES: Final = {"collision": "critical", "confusion": "major", "mod30": "minor", "mod3": "information"}


@dataclass(frozen=True, slots=True)
class Named:
    """A cell as people name it."""

    mast: str
    name: str
    number: int
    pci: int | None


@dataclass(frozen=True, slots=True)
class Line:
    cell: Named
    neighbours: Sequence[tuple[Named, float]]
    findings: int

    @property
    def first(self) -> Sequence[tuple[Named, float]]:
        return self.neighbours[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.neighbours) - SHOWN)

    @property
    def overlap(self) -> float:
        return self.neighbours[0][1] if self.neighbours else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    one: Named
    other: Named
    between: Named | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell that would have another identity."""

    cell: Named
    after: int


def _carrier(question: Question, code: str) -> Carrier:
    carriers = {carrier.code: carrier for carrier in question.settings.carriers}
    found = carriers.get(code) if code else question.settings.carriers[0]
    if found is None:
        raise NotFound("network_5g.no_carrier", "there is no carrier '{code}' in this scenario", code=code[:20])
    return found


def _cells(question: Question) -> dict[tuple[str, int], Named]:
    return {
        (mast.code, number): Named(mast.code, mast.name, number + 1, cell.pci)
        for mast in question.masts
        for number, cell in enumerate(mast.cells)
    }


def _told(question: Question, carrier: Carrier) -> tuple[list[Line], list[Finding], int]:
    found = desk().ask("neighbours", question, carrier.code)
    cells = _cells(question)
    findings = [
        Finding(
            one["kind"], cells[tuple(one["one"])], cells[tuple(one["other"])],
            cells[tuple(one["between"])] if one["between"] else None, one["weight"],
        )
        for one in found["findings"]
    ]  # fmt: skip
    grave = Counter((cell.mast, cell.number) for one in findings for cell in (one.one, one.other))
    lines = []
    for row in found["cells"]:
        cell = cells[row["mast"], row["cell"]]
        near = [(cells[mast, number], share) for mast, number, share in row["neighbours"]]
        lines.append(Line(cell, near, grave[cell.mast, cell.number]))
    return lines, findings, found["unnumbered"]


def _sorted(lines: list[Line], order: str) -> list[Line]:
    keys: Mapping[str, Any] = {
        "name": lambda line: (fold(line.cell.name), line.cell.mast, line.cell.number),
        "pci": lambda line: (line.cell.pci is None, line.cell.pci or 0),
        "neighbours": lambda line: len(line.neighbours),
        "overlap": lambda line: line.overlap,
        "findings": lambda line: line.findings,
    }
    return sorted(lines, key=keys.get(order.removeprefix("-"), keys["name"]), reverse=order.startswith("-"))


def _matching(lines: list[Line], text: str) -> list[Line]:
    """By mast, code or identity."""
    words = fold(text).split()
    return [
        line
        for line in lines
        if all(word in fold(f"{line.cell.mast} {line.cell.name}") or word == str(line.cell.pci) for word in words)
    ]


@require_safe
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    """Cells of one carrier with their neighbours, and findings, the gravest first."""
    who = actor(request)
    row = queries.scenario(id, who)
    asked = request.GET
    question = queries.question(row)
    carrier = _carrier(question, asked.get("carrier", ""))
    text, order = asked.get("q", "")[:80], asked.get("order", "name")
    names, words = kind_names(), kind_words()
    kind = asked.get("kind", "") if asked.get("kind") in names else ""
    context: dict[str, Any] = {
        "scenario": row, "carriers": question.settings.carriers, "carrier": carrier, "may_edit": queries.may_edit(who, row),
        "q": text, "order": order, "kind": kind, "size": SIZE, "findings_size": FINDINGS,
        "calculated": queries.summary(question.digest) is not None,
    }  # fmt: skip
    if context["calculated"]:
        lines, findings, unnumbered = _told(question, carrier)
        counts = Counter(one.kind for one in findings)
        pages = Paginator(_sorted(_matching(lines, text), order), SIZE).get_page(asked.get("page"))
        shown = [one for one in findings if not kind or one.kind == kind]
        finding_page = Paginator(shown, FINDINGS).get_page(asked.get("finding"))
        context |= {
            "lines": list(pages), "total": pages.paginator.count, "page": pages.number, "cells": len(lines),
            "kinds": [(code, names[code], words[code], SEVERITIES[code], counts[code]) for code in KINDS],
            "findings": [(one, names[one.kind], SEVERITIES[one.kind]) for one in finding_page],
            "finding_total": len(shown), "finding_page": finding_page.number, "all_findings": len(findings), "unnumbered": unnumbered,
            "alone": sum(not line.neighbours for line in lines),
        }  # fmt: skip
    return render(request, "network_5g/identities.html", context)


@require_GET
@permission(queries.READ)
def export(request: HttpRequest, id: UUID, form: str) -> HttpResponse:
    """Every pair of neighbours of a carrier as a list."""
    row = queries.scenario(id, actor(request))
    if form not in neighbour_list.TYPES:
        raise NotFound("network_5g.no_form", "there is no file as '{form}'", form=form[:20])
    question = queries.question(row)
    carrier = _carrier(question, request.GET.get("carrier", ""))
    lines, _findings, _unnumbered = _told(question, carrier)
    pairs = [
        neighbour_list.Pair(
            line.cell.mast, line.cell.name, line.cell.number, line.cell.pci, near.mast, near.name, near.number, near.pci, share
        )
        for line in lines
        for near, share in line.neighbours
    ]  # fmt: skip
    answer = HttpResponse(neighbour_list.made(form, pairs, language(request)), content_type=neighbour_list.TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{file_name(row)}-{carrier.code}-neighbours.{form}"'
    return answer


# --- numbering anew ----------------------------------------------------------------------------------------


def _numbered(question: Question, carrier: Carrier, *, keep: bool) -> list[Changed]:
    cells = _cells(question)
    found = desk().ask("identities_for", question, carrier.code, keep)
    return [
        Changed(cells[mast, number], pci) for mast, number, pci in found if cells[mast, number].pci != pci
    ]  # fmt: skip


def _with(question: Question, changes: Sequence[Changed]) -> Question:
    wanted = {(one.cell.mast, one.cell.number): one.after for one in changes}
    masts = tuple(
        replace(
            mast,
            cells=tuple(
                replace(cell, pci=wanted.get((mast.code, number), cell.pci)) for number, cell in enumerate(mast.cells, 1)
            ),
        )
        for mast in question.masts
    )  # fmt: skip
    return replace(question, masts=masts)


def _name(changes: Sequence[Changed]) -> str:
    """What was shown has this name: only that is taken."""
    told = [(one.cell.mast, one.cell.number, one.cell.pci, one.after) for one in changes]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


@require_http_methods(["GET", "POST"])
@permission(queries.PLAN)
def number(request: HttpRequest, id: UUID) -> HttpResponse:
    """What would change is shown first; taken, it is one edit that can be undone."""
    who = actor(request)
    row = queries.scenario(id, who)
    queries.require_edit(who, row)
    given = request.POST if request.method == "POST" else request.GET
    keep = given.get("keep", "1") == "1"
    question = queries.question(row)
    carrier = _carrier(question, given.get("carrier", ""))
    back = f"{reverse('network_5g:neighbours', args=[row.id])}?{urlencode({'carrier': carrier.code})}"
    try:
        changes = _numbered(question, carrier, keep=keep)
    except Conflict as fault:
        messages.error(request, told(fault))
        return redirect(back)
    error: DinhError | None = None
    if request.method == "POST":
        try:
            count = _taken(row, question, carrier, changes, given.get("seen", ""), who)
        except (Conflict, Invalid) as fault:
            error = fault
        else:
            messages.success(request, ngettext("%(count)s cell has a new PCI.", "%(count)s cells have a new PCI.", count) % {"count": count})  # fmt: skip
            return redirect(back)
    pages = Paginator(changes, SIZE).get_page(request.GET.get("page"))
    context = {
        "scenario": row, "carrier": carrier, "keep": keep, "changes": list(pages), "total": len(changes), "page": pages.number,
        "size": SIZE, "seen": _name(changes), "effects": _effects(question, changes), "kinds": [(code, kind_names()[code]) for code in KINDS],
        "error": error, "cells": sum(len(mast.cells) for mast in question.masts),
    }  # fmt: skip
    return render(request, "network_5g/numbering.html", context, status=409 if error else 200)


def _taken(row: Scenario, question: Question, carrier: Carrier, changes: Sequence[Changed], seen: str, who: Any) -> int:
    """Raises Conflict where this is not what was shown."""
    if _name(changes) != seen:
        raise Conflict("network_5g.numbers_changed", "the scenario was changed since these numbers were shown; look at the new ones and take them")  # fmt: skip
    before = {mast.code: mast for mast in question.masts}
    after = {mast.code: mast for mast in _with(question, changes).masts}
    touched = sorted({one.cell.mast for one in changes})
    actions.edit_masts(
        scenario=row, kind=Edit.Kind.NUMBER, by=who, about=carrier.code,
        changes=[(code, plain(after[code])) for code in touched], seen={code: plain(before[code]) for code in touched},
    )  # fmt: skip
    return len(changes)


def _effects(question: Question, changes: Sequence[Changed]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Findings of each kind before and after, by carrier: cells that send on several have one identity on all of them."""
    other = _with(question, changes)
    found = []
    for carrier in question.settings.carriers:
        counts = [Counter(one["kind"] for one in desk().ask("neighbours", asked, carrier.code)["findings"]) for asked in (question, other)]  # fmt: skip
        found.append((carrier.code, [(counts[0][kind], counts[1][kind]) for kind in KINDS]))
    return found
