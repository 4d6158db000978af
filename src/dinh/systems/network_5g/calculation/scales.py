"""Numbers as they are kept in answers, and what follows from a level or a SINR by table.

Levels and SINR are whole hundredths of a decibel, rates whole tenths of a megabit a second. What depends on one of them
alone is worked out once for each of its values and looked up for each pixel.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.nr.link_adaptation import NR_DOWNLINK, chosen_scheme, throughput_bps
from dinh.engines.radio.nr.modulation import MCS_256QAM
from dinh.engines.radio.nr.uplink import uplink
from dinh.systems.network_5g.carriers import blocks_of, shares_of, spacing_hz
from dinh.systems.network_5g.domain import Carrier, Settings

type Centi = npt.NDArray[np.int16]
type Tenths = npt.NDArray[np.uint16]

NOTHING: Final = np.int16(-32768)
_LOW_DB, _HIGH_DB = -60.0, 80.0
_LEAST_LOSS_DB, _MOST_LOSS_DB = 40.0, 240.0


def centi(values_db: npt.NDArray[Any]) -> Centi:
    """NaN becomes `NOTHING`."""
    known = np.isfinite(values_db)
    rounded = np.rint(np.clip(np.where(known, values_db, 0.0), -300.0, 300.0) * 100).astype(np.int16)
    return np.where(known, rounded, NOTHING)


def _at(table: npt.NDArray[Any], values_db: npt.NDArray[Any], low_db: float) -> npt.NDArray[Any]:
    place = np.rint((np.nan_to_num(values_db, nan=low_db) - low_db) * 100).astype(np.int32)
    found: npt.NDArray[Any] = table[np.clip(place, 0, len(table) - 1)]
    return found


def downlink_mbps(sinr_db: npt.NDArray[Any], carrier: Carrier) -> npt.NDArray[np.float32]:
    """Of one terminal that has the carrier alone, in steps of the 256QAM table; NaN SINR gives 0."""
    steps = np.arange(_LOW_DB, _HIGH_DB, 0.01)
    rates = throughput_bps(
        steps, blocks=blocks_of(carrier), spacing_hz=spacing_hz(carrier), layers=carrier.layers,
        time_share=shares_of(carrier)[0], table=MCS_256QAM, curve=NR_DOWNLINK,
    )  # fmt: skip
    rates[0] = 0.0
    return _at((rates / 1e6).astype(np.float32), sinr_db, _LOW_DB)


def schemes(sinr_db: npt.NDArray[Any]) -> npt.NDArray[np.int8]:
    """MCS index of TS 38.214 Table 5.1.3.1-2; -1 where none."""
    steps = np.arange(_LOW_DB, _HIGH_DB, 0.01)
    chosen = chosen_scheme(steps, MCS_256QAM, NR_DOWNLINK).astype(np.int8)
    chosen[0] = -1
    return _at(chosen, sinr_db, _LOW_DB)


def uplink_mbps(coupling_loss_db: npt.NDArray[Any], carrier: Carrier, settings: Settings) -> npt.NDArray[np.float32]:
    """Of one terminal that may use the whole carrier; NaN gives 0."""
    steps = np.arange(_LEAST_LOSS_DB, _MOST_LOSS_DB, 0.01)
    rates, _sinr, _blocks = uplink(
        steps, terminal_dbm=settings.terminal_dbm, blocks=blocks_of(carrier), spacing_hz=spacing_hz(carrier),
        time_share=shares_of(carrier)[1],
    )  # fmt: skip
    rates[-1] = 0.0
    return _at((rates / 1e6).astype(np.float32), np.nan_to_num(coupling_loss_db, nan=_MOST_LOSS_DB), _LEAST_LOSS_DB)


def tenths(rates_mbps: npt.NDArray[Any]) -> Tenths:
    found: Tenths = np.rint(np.clip(rates_mbps, 0.0, 6553.0) * 10).astype(np.uint16)
    return found
