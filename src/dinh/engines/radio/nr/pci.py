"""Physical cell identities: 1008 numbers (TS 38.211 clause 7.4.2.1) that a network must share without mistaking its cells.

Collision: two neighbours have one number; a terminal between them hears neither. Confusion: two neighbours of one cell have one
number; the cell hands a terminal to the wrong one. Neighbours whose numbers are equal modulo 3 send the same primary synchronisation
signal, and modulo 30 the same reference signals of the uplink (sequence groups, TS 38.211 clause 6.3.2.2.1): both only cost quality.

A handover goes both ways: who is in a cell's list has the cell in its own.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from dinh.engines.radio.nr.neighbours import Neighbour
from dinh.kernel.errors import Conflict, Invalid, OutOfRange

IDENTITIES: Final = 1008
_ROUNDS: Final = 20

type Given = Sequence[Sequence[Neighbour]]


@dataclass(frozen=True, slots=True)
class Collision:
    """Two neighbours with one identity."""

    cell: int
    other: int
    pci: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """`one` and `other` are neighbours of `cell` and have one identity."""

    cell: int
    one: int
    other: int
    pci: int


@dataclass(frozen=True, slots=True)
class Mod3:
    """Two neighbours with equal synchronisation signals; `weight` is the sum of their shares of each other."""

    cell: int
    other: int
    weight: float


@dataclass(frozen=True, slots=True)
class Mod30:
    """Two neighbours with equal reference signals of the uplink, and so with equal synchronisation signals too."""

    cell: int
    other: int
    weight: float


type Finding = Collision | Confusion | Mod3 | Mod30


def check(pcis: Sequence[int | None], neighbours: Given) -> list[Finding]:
    """What is wrong with the identities, the gravest kind first and within it the heaviest; each pair of neighbours is told once,
    by its gravest kind. A cell without an identity disturbs nobody. Raises Invalid and OutOfRange."""
    weights = _checked(pcis, neighbours)
    collisions: list[Finding] = []
    thirds: list[Mod3] = []
    thirtieths: list[Mod30] = []
    for (cell, other), weight in sorted(weights.items()):
        one, two = pcis[cell], pcis[other]
        if one is None or two is None or one % 3 != two % 3:
            continue
        if one == two:
            collisions.append(Collision(cell, other, one))
        elif one % 30 == two % 30:
            thirtieths.append(Mod30(cell, other, weight))
        else:
            thirds.append(Mod3(cell, other, weight))
    confusions = [
        Confusion(cell, one, other, pci)
        for cell, around in enumerate(_around(weights, len(pcis)))
        for one, other in combinations(sorted(around), 2)
        if (pci := pcis[one]) is not None and pci == pcis[other]
    ]
    thirtieths.sort(key=lambda found: -found.weight)
    thirds.sort(key=lambda found: -found.weight)
    return [*collisions, *confusions, *thirtieths, *thirds]


def assign(
    neighbours: Given,
    existing: Sequence[int | None] | None = None,
    pool: Sequence[int] = range(IDENTITIES),
    seed: int = 1,
) -> list[int]:
    """Identities without collision and confusion, and with as little weight as it finds on neighbours equal modulo 3 and 30.

    What exists stays unless it collides or confuses; of those that do, as few change as a greedy choice finds. Cells take turns, the
    one that has least to choose from first; then single cells move while that helps. The same seed gives the same answer. A
    pool with more identities than any cell has neighbours and their neighbours always suffices; Conflict `nr.pci_pool` says
    for which cell a smaller one did not. Raises Invalid and OutOfRange for what cannot be.
    """
    weights = _checked(existing if existing is not None else [None] * len(neighbours), neighbours)
    strange = [pci for pci in pool if not 0 <= pci < IDENTITIES]
    if strange:
        raise _no_identity(strange[0])
    return _Assigning(len(neighbours), weights, sorted(set(pool)), seed).all(existing)


class _Assigning:
    def __init__(self, cells: int, weights: dict[tuple[int, int], float], pool: list[int], seed: int) -> None:
        self.around: list[dict[int, float]] = [{} for _ in range(cells)]
        for (cell, other), weight in weights.items():
            self.around[cell][other] = self.around[other][cell] = weight
        # Cells that must differ: neighbours, and neighbours of one cell.
        self.apart = [set(own) for own in self.around]
        for own in self.around:
            for one in own:
                self.apart[one] |= own.keys()
        for cell, others in enumerate(self.apart):
            others.discard(cell)
        self.pool = pool
        # Ties are broken by the seed, not by who was named first.
        self.turn = np.random.default_rng(seed).permutation(cells).tolist()
        self.pci: list[int | None] = [None] * cells
        self.uses = [0] * IDENTITIES

    def all(self, existing: Sequence[int | None] | None) -> list[int]:
        if existing is not None:
            self._keep(existing)
        free = [cell for cell, pci in enumerate(self.pci) if pci is None]
        self._colour(free)
        for _ in range(_ROUNDS):
            moves = sum(self._moved(cell) for cell in sorted(free, key=self.turn.__getitem__))
            if not moves:
                break
        return [pci for pci in self.pci if pci is not None]

    def _keep(self, existing: Sequence[int | None]) -> None:
        """Those without a conflict, then of the others what still fits, the least entangled first."""
        clashes = [
            sum(existing[other] == pci for other in self.apart[cell]) if pci is not None else 0
            for cell, pci in enumerate(existing)
        ]
        for cell in sorted(range(len(existing)), key=lambda cell: (clashes[cell], cell)):
            pci = existing[cell]
            if pci is not None and all(self.pci[other] != pci for other in self.apart[cell]):
                self._set(cell, pci)

    def _colour(self, free: list[int]) -> None:
        taken = {cell: {self.pci[other] for other in self.apart[cell]} - {None} for cell in free}

        def urgency(cell: int) -> tuple[int, int, int, int]:
            return -len(taken[cell]), -len(self.apart[cell]), self.turn[cell], cell

        queue = [urgency(cell) for cell in free]
        heapq.heapify(queue)
        while queue:
            entry = heapq.heappop(queue)
            cell = entry[-1]
            if self.pci[cell] is not None or entry[0] != -len(taken[cell]):
                continue
            chosen = self._best(cell)
            if chosen is None:
                raise Conflict(
                    "nr.pci_pool",
                    "cell {cell} must differ from {apart} cells and the pool of {pool} has no identity left for it; {enough} identities always suffice",
                    cell=cell, apart=len(self.apart[cell]), pool=len(self.pool),
                    enough=1 + max(len(others) for others in self.apart),
                )  # fmt: skip
            self._set(cell, chosen)
            for other in self.apart[cell]:
                if other in taken and self.pci[other] is None and chosen not in taken[other]:
                    taken[other].add(chosen)
                    heapq.heappush(queue, urgency(other))

    def _set(self, cell: int, pci: int) -> None:
        before = self.pci[cell]
        if before is not None:
            self.uses[before] -= 1
        self.pci[cell] = pci
        self.uses[pci] += 1

    def _costs(self, cell: int) -> list[float]:
        """Weight of the clashes for each remainder of 30."""
        thirds, thirtieths = [0.0] * 3, [0.0] * 30
        for other, weight in self.around[cell].items():
            pci = self.pci[other]
            if pci is not None:
                thirds[pci % 3] += weight
                thirtieths[pci % 30] += weight
        return [thirds[rest % 3] + thirtieths[rest] for rest in range(30)]

    def _best(self, cell: int) -> int | None:
        """The least clashes; then what is used least elsewhere, so that new neighbours rarely collide."""
        taken = {self.pci[other] for other in self.apart[cell]}
        costs = self._costs(cell)
        return min(
            (pci for pci in self.pool if pci not in taken),
            key=lambda pci: (costs[pci % 30], self.uses[pci], pci),
            default=None,
        )

    def _moved(self, cell: int) -> bool:
        costs, before = self._costs(cell), self.pci[cell]
        assert before is not None
        chosen = self._best(cell)
        if chosen is None or costs[chosen % 30] >= costs[before % 30] - 1e-12:
            return False
        self._set(cell, chosen)
        return True


def _around(weights: dict[tuple[int, int], float], cells: int) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in range(cells)]
    for cell, other in weights:
        found[cell].add(other)
        found[other].add(cell)
    return found


def _checked(pcis: Sequence[int | None], neighbours: Given) -> dict[tuple[int, int], float]:
    """Weight of each pair of neighbours, the lower number first."""
    if len(pcis) != len(neighbours):
        raise Invalid("nr.pci_count", "{pcis} identities for {cells} cells; give one for each, None where there is none", pcis=len(pcis), cells=len(neighbours))  # fmt: skip
    for pci in pcis:
        if pci is not None and not 0 <= pci < IDENTITIES:
            raise _no_identity(pci)
    weights: dict[tuple[int, int], float] = {}
    for cell, neighbour in _pairs(neighbours):
        if neighbour.cell == cell or not 0 <= neighbour.cell < len(neighbours):
            raise OutOfRange("nr.no_such_neighbour", "cell {cell} has cell {value} as its neighbour; give another one, from 0 to {last}", cell=cell, value=neighbour.cell, last=len(neighbours) - 1)  # fmt: skip
        pair = (min(cell, neighbour.cell), max(cell, neighbour.cell))
        weights[pair] = weights.get(pair, 0.0) + neighbour.share
    return weights


def _pairs(neighbours: Given) -> Iterator[tuple[int, Neighbour]]:
    for cell, row in enumerate(neighbours):
        for neighbour in row:
            yield cell, neighbour


def _no_identity(value: int) -> OutOfRange:
    return OutOfRange("nr.pci", "{value} is no physical cell identity; they go from 0 to {last}", value=value, last=IDENTITIES - 1)  # fmt: skip
