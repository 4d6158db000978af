"""Neighbours of cells, and physical cell identities that do not disturb each other."""

from __future__ import annotations

from typing import Any

from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.nr import pci
from dinh.engines.radio.nr.neighbours import Lists, neighbour_list
from dinh.systems.network_5g.calculation import capacity
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import Networks, Sent, sent
from dinh.systems.network_5g.calculation.questions import Question
from dinh.systems.network_5g.domain import Carrier

SHOWN = 12
"""Neighbours of a cell that are told."""


def _heard(question: Question, carrier: Carrier, place: Laid, networks: Networks) -> tuple[Sent, Lists]:
    network: Network = networks.of(place, question.settings, carrier)
    whole = sent(question.masts, question.settings, carrier, place)
    network.put(whole.sites)
    asked_by = capacity.demand(place)
    heard = network.heard(asked_by.rows, asked_by.columns, keep=12)
    return whole, neighbour_list(heard, asked_by.people, len(whole.cells))


def _given(question: Question, whole: Sent) -> list[int | None]:
    masts = {mast.code: mast for mast in question.masts}
    return [masts[cell.mast].cells[cell.number].pci for cell in whole.cells]


def told(question: Question, carrier: Carrier, place: Laid, networks: Networks) -> dict[str, Any]:
    """Each cell's neighbours with the share of its people who hear them too, and what is wrong with the identities."""
    whole, lists = _heard(question, carrier, place, networks)
    given = _given(question, whole)
    names = [(cell.mast, cell.number) for cell in whole.cells]
    return {
        "cells": [
            {
                "mast": mast, "cell": number, "pci": given[n],
                "neighbours": [[*names[near.cell], near.share] for near in lists[n][:SHOWN]],
            }
            for n, (mast, number) in enumerate(names)
        ],
        "findings": [_finding(found, names) for found in pci.check(given, lists)],
        "unnumbered": sum(one is None for one in given),
    }  # fmt: skip


def _finding(found: pci.Finding, names: list[tuple[str, int]]) -> dict[str, Any]:
    one, other = (found.one, found.other) if isinstance(found, pci.Confusion) else (found.cell, found.other)
    between = names[found.cell] if isinstance(found, pci.Confusion) else None
    return {"kind": type(found).__name__.lower(), "one": names[one], "other": names[other], "between": between}


def numbered(question: Question, carrier: Carrier, place: Laid, networks: Networks, *, keep: bool) -> list[tuple[str, int, int]]:  # fmt: skip
    """(mast, cell, identity) of every cell; with `keep` those that disturb nobody stay."""
    whole, lists = _heard(question, carrier, place, networks)
    found = pci.assign(lists, existing=_given(question, whole) if keep else None)
    return [(cell.mast, cell.number, identity) for cell, identity in zip(whole.cells, found, strict=True)]
