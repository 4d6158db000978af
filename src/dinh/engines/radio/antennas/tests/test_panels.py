"""Elements, panels and beams radiate where and as much as theory says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.radio.antennas import (
    Beam,
    Element,
    Isotropic,
    Lossless,
    Mounting,
    Panel,
    best_gain_dbi,
    dft_beams,
    even_azimuths_deg,
    mean_gain,
    most_ssb_beams,
    ssb_beams,
    steered,
)
from dinh.kernel.errors import OutOfRange

angles = st.floats(-180.0, 180.0)
elevations = st.floats(-90.0, 90.0)


def gain(pattern: Beam | Element, azimuth_deg: float, elevation_deg: float) -> float:
    return float(pattern.gain_dbi(np.array(azimuth_deg), np.array(elevation_deg)))


def in_db(linear: float) -> float:
    return 10.0 * math.log10(linear)


def test_the_element_is_that_of_table_7_3_1() -> None:
    element = Element()
    assert gain(element, 0.0, 0.0) == 8.0
    # Half of 65° off: 12·(1/2)² = 3 dB; at 65° 12 dB; both together 24 dB; behind 30 dB and no more.
    assert gain(element, 32.5, 0.0) == pytest.approx(5.0)
    assert gain(element, 0.0, -65.0) == pytest.approx(-4.0)
    assert gain(element, 65.0, 65.0) == pytest.approx(-16.0)
    assert gain(element, 180.0, 90.0) == pytest.approx(-22.0)
    assert gain(element, 327.5, 0.0) == pytest.approx(5.0)


def test_the_element_holds_back_what_theory_integrates() -> None:
    # 8 dBi - 9.83 dBi of directivity. A sum over a fine grid, made another way than `mean_gain`:
    azimuth, elevation = np.meshgrid(np.arange(-179.75, 180.0, 0.5), np.arange(-89.75, 90.0, 0.5))
    power = 10.0 ** (Element().gain_dbi(azimuth, elevation) / 10.0)
    weight = np.cos(np.radians(elevation))
    assert in_db(mean_gain(Element())) == pytest.approx(in_db((power * weight).sum() / weight.sum()), abs=1e-3)
    assert in_db(mean_gain(Element())) == pytest.approx(-1.826, abs=1e-3)
    assert mean_gain(Lossless.of(Element())) == pytest.approx(1.0)


@pytest.mark.parametrize(("rows", "columns"), [(8, 1), (1, 8)])
@pytest.mark.parametrize("tilt_deg", [0.0, 6.0, 25.0])
def test_a_line_of_isotropic_elements_half_a_wavelength_apart_radiates_just_what_it_is_fed(
    rows: int, columns: int, tilt_deg: float
) -> None:
    # Elements couple by sinc(2·distance in wavelengths), which vanishes at every half wavelength: the mean is exactly 0 dBi.
    panel = Panel(rows, columns, element=Isotropic())
    assert mean_gain(steered(panel, 10.0, -tilt_deg)) == pytest.approx(1.0, abs=1e-6)


@given(st.floats(-60.0, 60.0), st.floats(-30.0, 30.0), st.floats(0.4, 0.9), st.floats(0.4, 0.9))
def test_a_panel_of_isotropic_elements_radiates_what_the_coupling_of_its_elements_says(
    azimuth_deg: float, elevation_deg: float, vertical: float, horizontal: float
) -> None:
    # mean = 1/N ΣΣ cos(2π(Δphase)) sinc(2r), r the distance of two elements in wavelengths; diagonals do not vanish, so a
    # panel's mean is not 0 dBi even at half a wavelength: real panels match each beam, this model does not.
    panel = Panel(3, 4, vertical, horizontal, element=Isotropic())
    beam = steered(panel, azimuth_deg, elevation_deg)
    row, column = (grid.ravel() for grid in np.meshgrid(np.arange(3), np.arange(4)))
    down, aside = row[:, None] - row, column[:, None] - column
    distance = np.hypot(down * vertical, aside * horizontal)
    phase = 2.0 * math.pi * (down * beam.upward_cycles + aside * beam.rightward_cycles)
    expected = (np.cos(phase) * np.sinc(2.0 * distance)).sum() / 12.0
    assert mean_gain(beam, rings=60, points=120) == pytest.approx(expected, rel=1e-6)


@given(st.floats(-60.0, 60.0), st.floats(-20.0, 10.0))
def test_a_beam_peaks_where_it_is_steered_with_the_gain_of_all_elements(
    azimuth_deg: float, elevation_deg: float
) -> None:
    panel = Panel(8, 8, element=Isotropic())
    beam = steered(panel, azimuth_deg, elevation_deg)
    assert gain(beam, azimuth_deg, elevation_deg) == pytest.approx(panel.array_gain_db)
    assert beam.points_at_deg() == pytest.approx((azimuth_deg, elevation_deg), abs=1e-6)


def test_the_closed_form_is_the_sum_over_the_elements() -> None:
    panel = Panel(6, 4, 0.7, 0.5, element=Isotropic(), rows_per_port=3, port_downtilt_deg=6.0)
    beam = steered(panel, 20.0, -9.0)
    azimuth, elevation = np.radians(33.0), np.radians(-4.0)
    total = 0j
    for row in range(6):
        for column in range(4):
            weight = (row // 3) * 3 * beam.upward_cycles + (row % 3) * -0.7 * math.sin(math.radians(6.0))
            weight += column * beam.rightward_cycles
            path = row * 0.7 * math.sin(elevation) + column * 0.5 * math.cos(elevation) * math.sin(azimuth)
            total += np.exp(2j * math.pi * (path - weight)) / math.sqrt(24.0)
    assert gain(beam, 33.0, -4.0) == pytest.approx(in_db(abs(total) ** 2))


def test_an_electrical_tilt_lowers_the_beam_and_nothing_else() -> None:
    beam = steered(Panel(12, 1, element=Isotropic()), 0.0, -6.0)
    elevation = np.arange(-90.0, 90.0, 0.01)
    assert elevation[beam.gain_dbi(np.zeros(1), elevation).argmax()] == pytest.approx(-6.0, abs=0.01)
    # The tilt is the same all around: a line of elements has cones, not planes.
    assert gain(beam, 50.0, -6.0) == pytest.approx(gain(beam, 0.0, -6.0))


def test_orthogonal_dft_beams_lie_in_each_others_nulls() -> None:
    beams = dft_beams(Panel(1, 8, element=Isotropic()), oversampling=(1, 1), azimuth_deg=(-90.0, 90.0))
    assert len(beams) == 8
    for one in beams:
        for other in beams:
            if one is not other:
                assert gain(other, *one.points_at_deg()) < -100.0


def test_a_finer_codebook_covers_a_sector_more_evenly() -> None:
    panel = Panel(4, 8)
    azimuth, elevation = np.meshgrid(np.linspace(-55.0, 55.0, 111), np.linspace(-14.0, 0.0, 15))
    coarse, fine = (
        best_gain_dbi(dft_beams(panel, oversampling=(step, step)), azimuth, elevation)[0] for step in (1, 4)
    )
    envelope = panel.element.gain_dbi(azimuth, elevation) + panel.array_gain_db
    assert (envelope - coarse).max() > 3.0
    assert (envelope - fine).max() < 0.6


def test_the_best_beam_is_none_weaker_than_any() -> None:
    beams = ssb_beams(Panel(4, 8), even_azimuths_deg(8), [-6.0])
    azimuth = np.linspace(-60.0, 60.0, 121)
    best, which = best_gain_dbi(beams, azimuth, np.zeros(1))
    assert (best >= np.max([beam.gain_dbi(azimuth, np.zeros(1)) for beam in beams], axis=0) - 1e-12).all()
    assert (np.diff(which) >= 0).all()
    assert which.tolist()[0] == 0
    assert which.tolist()[-1] == 7


def test_a_band_has_room_for_so_many_ssb_beams() -> None:
    assert most_ssb_beams(0.75e9, unpaired=False) == 4
    assert most_ssb_beams(2.1e9, unpaired=False) == 4
    assert most_ssb_beams(2.6e9) == 8
    assert most_ssb_beams(26e9) == 64
    with pytest.raises(OutOfRange, match="9 SSB beams"):
        ssb_beams(Panel(4, 8), even_azimuths_deg(9), [-6.0])


def test_a_panel_that_cannot_be_built_is_refused() -> None:
    with pytest.raises(OutOfRange, match="8 × 8"):
        Panel(8, 8, rows_per_port=3)


def test_a_tilted_antenna_looks_down_ahead_and_up_behind() -> None:
    mounting = Mounting(bearing_deg=120.0, downtilt_deg=10.0)
    azimuth, elevation = mounting.own_angles_deg(np.array([120.0, 300.0, 210.0]), np.array([-10.0, 10.0, 0.0]))
    assert azimuth[0] == pytest.approx(0.0)
    assert abs(azimuth[1]) == pytest.approx(180.0)
    assert azimuth[2] == pytest.approx(90.0)
    assert elevation == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


@given(st.floats(0.0, 360.0), st.floats(-20.0, 20.0), st.floats(-45.0, 45.0), angles, elevations)
def test_own_angles_are_those_of_equations_7_1_7_and_7_1_8(
    bearing: float, tilt: float, slant: float, azimuth: float, elevation: float
) -> None:
    own = Mounting(bearing, tilt, slant).own_angles_deg(np.array(azimuth), np.array(elevation))
    theta, turn = math.radians(90.0 - elevation), math.radians(bearing - azimuth)
    b, g = math.radians(tilt), math.radians(slant)
    cosine = math.cos(b) * math.cos(g) * math.cos(theta) + math.sin(theta) * (
        math.sin(b) * math.cos(g) * math.cos(turn) - math.sin(g) * math.sin(turn)
    )
    real = math.cos(b) * math.sin(theta) * math.cos(turn) - math.sin(b) * math.cos(theta)
    imaginary = math.cos(b) * math.sin(g) * math.cos(theta) + math.sin(theta) * (
        math.sin(b) * math.sin(g) * math.cos(turn) + math.cos(g) * math.sin(turn)
    )
    own_theta, own_phi = math.radians(90.0 - float(own[1])), math.radians(-float(own[0]))
    assert math.cos(own_theta) == pytest.approx(cosine, abs=1e-9)
    assert math.sin(own_theta) * math.cos(own_phi) == pytest.approx(real, abs=1e-7)
    assert math.sin(own_theta) * math.sin(own_phi) == pytest.approx(imaginary, abs=1e-7)
