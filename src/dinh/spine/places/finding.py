"""`find`: by name among units, facilities and assets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from dinh.kernel.vietnamese_text import fold
from dinh.spine.places import standing
from dinh.spine.places.api import PlaceRow
from dinh.spine.places.containment import contains
from dinh.spine.places.search import SLIPS, Index
from dinh.spine.places.tree import Tree, level_rank, tree
from dinh.spine.places.versions import Cached


@dataclass(frozen=True, slots=True)
class _Held:
    urns: Sequence[str]
    index: Index


def _index_units() -> _Held:
    held = tree()
    rows = sorted(
        held.rows.values(), key=lambda row: (row.valid_to is not None, level_rank(row.level), len(row.name_vi), row.urn)
    )
    keys, contexts = [], []
    for row in rows:
        keys.append([fold(row.name_vi), fold(row.full_name_vi), fold(row.name_en), fold(row.full_name_en)])
        contexts.append(_context(held, row))
    return _Held([row.urn for row in rows], Index(keys, contexts))


def _context(held: Tree, row: PlaceRow) -> str:
    above = (held.rows[urn] for urn in held.chain(row.urn))
    return fold(" ".join(part.full_name_vi for part in above if part.level != "country"))


def _index_standing() -> _Held:
    fleet = standing.fleet()
    order = sorted(range(len(fleet.urns)), key=lambda i: (len(fleet.names_vi[i]), fleet.urns[i]))
    keys, contexts = [], []
    folded = {name: fold(name) for name in set(fleet.names_vi) | set(fleet.names_en)}
    held = tree()
    around = {unit: _context(held, held.rows[unit]) for unit in set(fleet.units.values()) if unit in held.rows}
    for i in order:
        urn = fleet.urns[i]
        vi, en = folded[fleet.names_vi[i]], folded[fleet.names_en[i]]
        keys.append([vi, en, fold(urn.split(":", 3)[3])])
        contexts.append(f"{vi} {around.get(fleet.units.get(urn) or '', '')}")
    return _Held([fleet.urns[i] for i in order], Index(keys, contexts))


_units = Cached(("units",), _index_units)
_standing = Cached(("units", "assets"), _index_standing)


def find(
    text: str, *, kinds: Sequence[str] = (), within: str | None = None, on: date | None = None, limit: int = 10
) -> Sequence[PlaceRow]:
    held = tree()
    searches: list[Iterator[Iterator[str]]] = []
    if not kinds or "unit" in kinds:
        searches.append(_urns(_units.get(), text))
    if not kinds or {"facility", "asset"} & set(kinds):
        searches.append(_urns(_standing.get(), text))
    found: dict[str, None] = {}
    later: dict[str, None] = {}
    formers = 0
    for number, of_class in enumerate(zip(*(list(search) for search in searches), strict=True)):
        if number == SLIPS and (found or later):
            break
        for urn in _present_first(held, *of_class):
            if len(found) >= limit:
                break
            if urn in found or urn in later or not _wanted(held, urn, kinds, within, on):
                continue
            if urn in held.rows and not held.is_present(urn):
                # Namesakes of the past fill no more than half of the list while the present has more to show.
                formers += 1
                if formers > (limit + 1) // 2:
                    if len(later) < limit:
                        later[urn] = None
                        continue
                    break
            found[urn] = None
    urns = [*found, *later][:limit]
    rows = standing.places(urns)
    return tuple(rows[urn] for urn in urns if urn in rows)


def matches(text: str, *, kinds: Sequence[str], limit: int, worst: int) -> dict[str, int]:
    searches: list[Iterator[Iterator[str]]] = []
    if not kinds or "unit" in kinds:
        searches.append(_urns(_units.get(), text))
    if not kinds or {"facility", "asset"} & set(kinds):
        searches.append(_urns(_standing.get(), text))
    found: dict[str, int] = {}
    for number, of_class in enumerate(zip(*(list(search) for search in searches), strict=True)):
        if number > worst or (number == SLIPS and found):
            break
        for urn in chain.from_iterable(of_class):
            if len(found) >= limit:
                return found
            if urn not in found and (not kinds or urn.split(":", 3)[2] in kinds):
                found[urn] = number
    return found


def _present_first(held: Tree, units: Iterator[str], others: Iterator[str] = iter(())) -> Iterator[str]:  # noqa: B008
    """Units of today, facilities and assets, then former units; `units` has those of today first."""
    for urn in units:
        if urn not in held.rows or held.is_present(urn):
            yield urn
            continue
        yield from others
        yield urn
    yield from others


def _wanted(held: Tree, urn: str, kinds: Sequence[str], within: str | None, on: date | None) -> bool:
    if urn in held.rows:
        if on is not None and not held.valid_on(urn, on):
            return False
    elif kinds and urn.split(":", 3)[2] not in kinds:
        return False
    return within is None or contains(within, urn)


def _urns(held: _Held, text: str) -> Iterator[Iterator[str]]:
    for of_class in held.index.search(text):
        yield (held.urns[entry] for entry in of_class)
