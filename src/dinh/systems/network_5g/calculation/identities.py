"""Neighbours of cells, and physical cell identities that do not disturb each other.

Who is whose neighbour follows from what a network is calculated from, identities do not: so the lists are kept with the answer,
and checking or numbering needs no map.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.nr import pci
from dinh.engines.radio.nr.load import Heard
from dinh.engines.radio.nr.neighbours import Lists, Neighbour, neighbour_list
from dinh.kernel.errors import Conflict
from dinh.systems.network_5g.calculation.questions import Question

LTE_IDENTITIES: Final = 504
"""3GPP TS 36.211 clause 6.11: a cell that sends LTE too must be named within them."""

type Named = list[tuple[str, int]]


def kept(heard: Heard, people: npt.NDArray[np.float64], cells: int) -> npt.NDArray[np.float64]:
    """The lists as rows of (cell, neighbour, share of the cell's people who hear both)."""
    lists = neighbour_list(heard, people, cells) if cells and len(people) else ()
    rows = [(cell, near.cell, near.share) for cell, row in enumerate(lists) for near in row]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _read(question: Question, code: str) -> tuple[Named, Lists]:
    """Cells in the answer's order, and their lists. Raises Conflict while there is no answer."""
    try:
        summary = json.loads((question.answer / "summary.json").read_text(encoding="utf-8"))
        rows = np.load(question.answer / code / "neighbours.npy")
    except FileNotFoundError as error:
        raise Conflict("network_5g.not_calculated", "the scenario is not calculated as it stands; open it first") from error  # fmt: skip
    names = [(cell["mast"], cell["cell"]) for cell in summary["carriers"][code]["cells"]]
    lists: list[list[Neighbour]] = [[] for _ in names]
    for cell, other, share in rows:
        lists[int(cell)].append(Neighbour(int(other), float(share)))
    return names, tuple(tuple(row) for row in lists)


def _given(question: Question, names: Named) -> list[int | None]:
    masts = {mast.code: mast for mast in question.masts}
    return [masts[mast].cells[number].pci for mast, number in names]


def told(question: Question, code: str) -> dict[str, Any]:
    """Each cell's neighbours with the share of its people who hear them too, and what is wrong with the identities."""
    names, lists = _read(question, code)
    given = _given(question, names)
    return {
        "cells": [
            {
                "mast": mast, "cell": number, "pci": given[n],
                "neighbours": [[*names[near.cell], near.share] for near in lists[n]],
            }
            for n, (mast, number) in enumerate(names)
        ],
        "findings": [_finding(found, names) for found in pci.check(given, lists)],
        "unnumbered": sum(one is None for one in given),
    }  # fmt: skip


def _finding(found: pci.Finding, names: Sequence[tuple[str, int]]) -> dict[str, Any]:
    one, other = (found.one, found.other) if isinstance(found, pci.Confusion) else (found.cell, found.other)
    between = names[found.cell] if isinstance(found, pci.Confusion) else None
    weight = found.weight if isinstance(found, pci.Mod3 | pci.Mod30) else None
    return {"kind": type(found).__name__.lower(), "one": names[one], "other": names[other], "between": between, "weight": weight}  # fmt: skip


def numbered(question: Question, code: str, *, keep: bool) -> list[tuple[str, int, int]]:
    """(mast, cell, identity) of every cell; with `keep` those that disturb nobody stay. Raises Conflict while there is no answer."""
    names, lists = _read(question, code)
    lte = any(carrier.technology == "lte" for carrier in question.settings.carriers)
    pool = range(LTE_IDENTITIES if lte else pci.IDENTITIES)
    existing = [one if one in pool else None for one in _given(question, names)] if keep else None
    found = pci.assign(lists, existing=existing, pool=pool)
    return [(mast, number, identity) for (mast, number), identity in zip(names, found, strict=True)]
