"""Rain on a link: specific attenuation by ITU-R P.838-3, the attenuation exceeded for a share of time by P.530-18."""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

from dinh.engines.radio.ranges import Range

FREQUENCY: Final = Range("frequency", 1.0, 1000.0, "GHz", "ITU-R P.838-3 Annex 1")
LINK_FREQUENCY: Final = Range("frequency", 1.0, 100.0, "GHz", "ITU-R P.530-18 section 2.4.1")
LENGTH: Final = Range("path length", 0.0, 60.0, "km", "ITU-R P.530-18 section 2.4.1")
PERCENT: Final = Range("percentage of time", 0.001, 1.0, "%", "ITU-R P.530-18 section 2.4.1")
RATE: Final = Range("rain rate", 0.0, 250.0, "mm/h", "ITU-R P.837, map of R0.01")
SOUTHERN_VIETNAM_MM_H: Final = 100.0
"""Rain rate exceeded for 0.01 % of an average year: an assumption of the order of the map of ITU-R P.837 over the south of Vietnam,
where the zones of its first edition had 95 mm/h (zone N). A plan that is built takes the map's value or the station's own."""

type Polarisation = Literal["horizontal", "vertical", "circular"]
_TILT_DEG: Final = {"horizontal": 0.0, "vertical": 90.0, "circular": 45.0}


class _Curve(NamedTuple):
    """Σ a·exp(-((log10 f - b) / c)²) + m·log10 f + n."""

    bells: tuple[tuple[float, float, float], ...]
    slope: float
    level: float

    def at(self, logarithm: float) -> float:
        bells = sum(a * math.exp(-(((logarithm - b) / c) ** 2)) for a, b, c in self.bells)
        return bells + self.slope * logarithm + self.level


# P.838-3 Tables 1 to 4.
_K_HORIZONTAL: Final = _Curve(
    (
        (-5.33980, -0.10008, 1.13098),
        (-0.35351, 1.26970, 0.45400),
        (-0.23789, 0.86036, 0.15354),
        (-0.94158, 0.64552, 0.16817),
    ),
    -0.18961,
    0.71147,
)
_K_VERTICAL: Final = _Curve(
    (
        (-3.80595, 0.56934, 0.81061),
        (-3.44965, -0.22911, 0.51059),
        (-0.39902, 0.73042, 0.11899),
        (0.50167, 1.07319, 0.27195),
    ),
    -0.16398,
    0.63297,
)
_ALPHA_HORIZONTAL: Final = _Curve(
    (
        (-0.14318, 1.82442, -0.55187),
        (0.29591, 0.77564, 0.19822),
        (0.32177, 0.63773, 0.13164),
        (-5.37610, -0.96230, 1.47828),
        (16.1721, -3.29980, 3.43990),
    ),
    0.67849,
    -1.95537,
)
_ALPHA_VERTICAL: Final = _Curve(
    (
        (-0.07771, 2.33840, -0.76284),
        (0.56727, 0.95545, 0.54039),
        (-0.20238, 1.14520, 0.26809),
        (-48.2991, 0.791669, 0.116226),
        (48.5833, 0.791459, 0.116479),
    ),
    -0.053739,
    0.83433,
)


def coefficients(frequency_ghz: float, polarisation: Polarisation, elevation_deg: float = 0.0) -> tuple[float, float]:
    """k and α of γ = k·R^α. From 1 to 1000 GHz. Source: ITU-R P.838-3 eqs. (2) to (5). Raises OutOfRange."""
    logarithm = math.log10(FREQUENCY.require(frequency_ghz))
    across, upright = 10.0 ** _K_HORIZONTAL.at(logarithm), 10.0 ** _K_VERTICAL.at(logarithm)
    across_alpha, upright_alpha = _ALPHA_HORIZONTAL.at(logarithm), _ALPHA_VERTICAL.at(logarithm)
    turn = math.cos(math.radians(elevation_deg)) ** 2 * math.cos(2.0 * math.radians(_TILT_DEG[polarisation]))
    k = (across + upright + (across - upright) * turn) / 2.0
    moment = across * across_alpha + upright * upright_alpha + (across * across_alpha - upright * upright_alpha) * turn
    return k, moment / (2.0 * k)


def specific_attenuation_db_km(
    rain_mm_h: float, *, frequency_ghz: float, polarisation: Polarisation, elevation_deg: float = 0.0
) -> float:
    """γ = k·R^α, dB/km. From 1 to 1000 GHz. Source: ITU-R P.838-3 eq. (1). Raises OutOfRange."""
    k, alpha = coefficients(frequency_ghz, polarisation, elevation_deg)
    return float(k * RATE.require(rain_mm_h) ** alpha)


def effective_length_km(length_km: float, *, rain_mm_h: float, frequency_ghz: float, alpha: float) -> float:
    """Length of a path in even rain that loses as much as this one, since rain is uneven: d·r with r of at most 2.5.

    Source: ITU-R P.530-18 section 2.4.1 step 3.
    """
    if length_km <= 0.0:
        return 0.0
    below = 0.477 * length_km**0.633 * rain_mm_h ** (0.073 * alpha) * frequency_ghz**0.123 - 10.579 * (
        1.0 - math.exp(-0.024 * length_km)
    )
    return length_km * (1.0 / below if below > 0.4 else 2.5)


def hundredth_db(
    length_km: float,
    *,
    frequency_ghz: float,
    polarisation: Polarisation,
    rain_mm_h: float = SOUTHERN_VIETNAM_MM_H,
    elevation_deg: float = 0.0,
) -> float:
    """A0.01, the rain attenuation exceeded for 0.01 % of an average year, dB; `rain_mm_h` is what as much of the time exceeds.

    1 to 100 GHz, up to 60 km. Source: ITU-R P.530-18 section 2.4.1 steps 1 to 4. Raises OutOfRange.
    """
    LINK_FREQUENCY.require(frequency_ghz)
    LENGTH.require(length_km)
    _, alpha = coefficients(frequency_ghz, polarisation, elevation_deg)
    return specific_attenuation_db_km(
        rain_mm_h, frequency_ghz=frequency_ghz, polarisation=polarisation, elevation_deg=elevation_deg
    ) * effective_length_km(length_km, rain_mm_h=rain_mm_h, frequency_ghz=frequency_ghz, alpha=alpha)


def exceeded_db(
    length_km: float,
    *,
    frequency_ghz: float,
    polarisation: Polarisation,
    rain_mm_h: float = SOUTHERN_VIETNAM_MM_H,
    percent: float = 0.01,
    elevation_deg: float = 0.0,
) -> float:
    """Rain attenuation exceeded for `percent` of an average year, 0.001 to 1, dB; as `hundredth_db`.

    Source: ITU-R P.530-18 section 2.4.1 step 5. Raises OutOfRange.
    """
    at_hundredth = hundredth_db(
        length_km, frequency_ghz=frequency_ghz, polarisation=polarisation, rain_mm_h=rain_mm_h,
        elevation_deg=elevation_deg,
    )  # fmt: skip
    return at_hundredth * share_of_hundredth(PERCENT.require(percent), frequency_ghz)


def share_of_hundredth(percent: float, frequency_ghz: float) -> float:
    """Attenuation exceeded for `percent` of time over that exceeded for 0.01 %.

    Source: ITU-R P.530-18 section 2.4.1 step 5, with the exponent 0.8 of C0 upon f/10 as it is printed, not upon its logarithm;
    the other reading makes less than 5 % of difference up to 100 GHz.
    """
    one, two, three = _scaling(frequency_ghz)
    return float(one * percent ** -(two + three * math.log10(percent)))


def percent_exceeding(attenuation_db: float, at_hundredth_db: float, frequency_ghz: float) -> float:
    """The share of time in % for which rain takes more than `attenuation_db`: the inverse of `share_of_hundredth`.

    Kept within 0.001 to 1 %, where the scaling holds: 0.001 means at most that, 1 at least that.
    """
    if at_hundredth_db <= 0.0:
        return PERCENT.least
    share = attenuation_db / at_hundredth_db
    for edge, inside in ((PERCENT.least, False), (PERCENT.most, True)):
        beyond = share_of_hundredth(edge, frequency_ghz)
        if share <= beyond if inside else share >= beyond:
            return edge
    one, two, three = _scaling(frequency_ghz)
    # three·x² + two·x + log10(share / one) = 0 with x = log10 of the percentage; the other root lies below 0.001 %.
    root = math.sqrt(two * two - 4.0 * three * math.log10(share / one))
    return float(10.0 ** ((root - two) / (2.0 * three)))


def _scaling(frequency_ghz: float) -> tuple[float, float, float]:
    """C1, C2, C3."""
    zero = 0.12 + (0.4 * 0.8 * math.log10(frequency_ghz / 10.0) if frequency_ghz >= 10.0 else 0.0)
    return 0.07**zero * 0.12 ** (1.0 - zero), 0.855 * zero + 0.546 * (1.0 - zero), 0.139 * zero + 0.043 * (1.0 - zero)
