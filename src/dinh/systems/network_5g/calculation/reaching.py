"""Which places each mast covers by itself, and how it is linked to fibre."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dinh.kernel.errors import Conflict
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import Networks, sent
from dinh.systems.network_5g.calculation.questions import Question
from dinh.systems.network_5g.domain import Carrier, Mast, Standing
from dinh.systems.network_5g.programme import RolloutTerms

type Numbered = npt.NDArray[np.int64]
"""Shape of the ground: the number of each pixel that counts, -1 for the others."""
type Hear = Callable[..., None]

NOT_COUNTED: Final = -1


def carrier_of(question: Question, code: str) -> Carrier:
    """The first one where none is named."""
    named = [carrier for carrier in question.settings.carriers if carrier.code == code]
    return (named or list(question.settings.carriers))[0]


def covered(
    question: Question, carrier: Carrier, place: Laid, networks: Networks, numbered: Numbered, hear: Hear
) -> tuple[Numbered, Numbered]:
    """The counted pixels where the level of each mast alone reaches the scenario's, in the order of its masts (CSR).

    A mast without a cell on the carrier covers nothing. Raises OutOfRange for masts off the ground.
    """
    network = networks.of(place, question.settings, carrier)
    whole = sent(question.masts, question.settings, carrier, place)
    found: dict[str, Numbered] = {}
    for done, (site, (region, level)) in enumerate(zip(whole.sites, network.levels(whole.sites), strict=True), start=1):
        held = numbered[region.slices][level >= question.settings.served_dbm]
        found[site.name] = held[held != NOT_COUNTED]
        hear(done, len(whole.sites))
    return stacked([found.get(mast.code, np.empty(0, np.int64)) for mast in question.masts])


def stacked(rows: Sequence[Numbered]) -> tuple[Numbered, Numbered]:
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return starts, np.concatenate([*rows, np.empty(0, np.int64)]).astype(np.int64)


def metres(masts: Sequence[Mast], place: Laid) -> npt.NDArray[np.float64]:
    """Shape (masts, 2), on the ground's plane."""
    xs, ys = place.to_metres.transform([mast.longitude for mast in masts], [mast.latitude for mast in masts])
    return np.column_stack([xs, ys]).reshape(len(masts), 2)


def has_fibre(mast: Mast) -> bool:
    """Whether cable ends there already."""
    return mast.standing is Standing.EXISTING and mast.backhaul == "fibre"


def links(masts: Sequence[Mast], at_m: npt.NDArray[Any], terms: RolloutTerms) -> list[tuple[float, int]]:
    """Kilometres of new fibre and microwave hops that are built for each mast: a hop where its backhaul is microwave, cable
    elsewhere, nothing where fibre is. Raises Conflict where the nearest fibre point is asked for and there is none."""
    ends = at_m[[has_fibre(mast) for mast in masts]]
    if terms.fibre == "nearest" and not len(ends):
        raise Conflict("network_5g.no_fibre_point", "no mast that exists has fibre, so there is no nearest fibre point; set the backhaul of one to fibre or give kilometres a mast")  # fmt: skip
    found = []
    for mast, place in zip(masts, at_m, strict=True):
        if has_fibre(mast):
            found.append((0.0, 0))
        elif mast.backhaul == "microwave":
            found.append((0.0, 1))
        elif terms.fibre == "nearest":
            nearest = float(np.hypot(*(ends - place).T).min())
            found.append((nearest / 1000 * terms.detour, 0))
        else:
            found.append((terms.fibre_km, 0))
    return found
