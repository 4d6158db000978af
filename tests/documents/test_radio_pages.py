"""What the pages about the radio engine show is what it does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from tools import radio_calibration, radio_plots
from tools.radio_calibration import LAYOUTS, PERCENTILES

from dinh.engines.radio.tr38901 import Scenario

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_example_of_the_api_page_gives_what_is_printed() -> None:
    page = DOCS / "developers" / "radio-api.md"
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > 40
    assert not found.failed


@pytest.mark.parametrize("scenario", LAYOUTS)
def test_the_layout_of_3gpp_gives_the_distributions_of_its_companies(scenario: Scenario) -> None:
    """Within what the page says; the seed is that of the page."""
    layout, found = LAYOUTS[scenario], radio_calibration.drop(scenario)
    coupling, geometry = (np.percentile(values, PERCENTILES) for values in (found.coupling_db, found.geometry_db))
    assert np.abs(coupling - layout.coupling_db).max() < 1.6
    assert np.abs(geometry - layout.geometry_db).max() < 0.6
    page = (DOCS / "developers" / "radio-validation.md").read_text(encoding="utf-8")
    for values in (coupling, geometry):
        printed = " | ".join(f"{value:.1f}".replace("-", "−") for value in values)
        assert f"engine | {printed} |" in page


def test_the_middle_hexagon_is_filled_evenly_and_no_terminal_stands_under_the_mast() -> None:
    layout = LAYOUTS[Scenario.UMA]
    place = radio_calibration._in_middle_hexagon(layout, 20_000, np.random.default_rng(1))
    away = np.hypot(*place.T)
    assert away.min() >= layout.nearest_m
    assert away.max() <= layout.apart_m / np.sqrt(3) + 1e-9
    nearest = np.hypot(*(place[:, None] - radio_calibration.sites(layout.apart_m)[None]).transpose(2, 0, 1)).argmin(1)
    assert (nearest == 0).all()
    assert np.abs(place.mean(axis=0)).max() < 5.0


def test_every_picture_of_the_pages_is_there_and_can_be_drawn_again() -> None:
    used = {
        name
        for page in ("radio-api.md", "radio-validation.md")
        for name in re.findall(r"\.\./plots/(\w+)\.svg", (DOCS / "developers" / page).read_text(encoding="utf-8"))
    }
    drawn = radio_plots.drawn()
    assert used == set(drawn) == {path.stem for path in (DOCS / "plots").glob("*.svg")}
    for svg in drawn.values():
        assert ElementTree.fromstring(svg).tag.endswith("svg")
        assert "nan" not in svg
