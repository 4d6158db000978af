"""Plots of the radio engine for the documentation, drawn by the engine itself: docs/plots, or the folder that is named."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.terrain import blocks, fractal  # noqa: E402 - run by path, without its folder

from dinh.engines.radio.antennas import Element  # noqa: E402
from dinh.engines.radio.maps.coverage import Sector, Site, coverage  # noqa: E402
from dinh.engines.radio.maps.ground import Ground  # noqa: E402
from dinh.engines.radio.nr.link_adaptation import throughput_bps  # noqa: E402
from dinh.engines.radio.nr.link_budget import element_power_dbm, noise_dbm  # noqa: E402
from dinh.engines.radio.nr.modulation import MCS_64QAM, MCS_256QAM  # noqa: E402
from dinh.engines.radio.nr.resource_blocks import resource_blocks  # noqa: E402
from dinh.engines.radio.p525 import free_space_loss_db  # noqa: E402
from dinh.engines.radio.p1812 import basic_transmission_loss  # noqa: E402
from dinh.engines.radio.profiles import INLAND, Profile  # noqa: E402
from dinh.engines.radio.tr38901 import Scenario, path_loss_db  # noqa: E402
from tools import radio_calibration  # noqa: E402
from tools.svg_plots import Axis, Curve, floats, picture, plot  # noqa: E402

STEPS: Final = (
    (-75.0, "#f0f921"), (-85.0, "#fdb42f"), (-95.0, "#ed7953"), (-105.0, "#cc4778"), (-115.0, "#7e03a8"), (-1e9, "#0d0887"),
)  # fmt: skip


def loss_over_distance() -> str:
    """The models beside each other at 2.6 GHz."""
    metres = np.geomspace(50, 20_000, 120)
    curves = [
        Curve(
            "free space (P.525)", floats(metres), floats(free_space_loss_db(metres / 1000, 2.6)), COLOUR[0], dashed=True
        )
    ]
    names = {Scenario.RMA: "RMa", Scenario.UMA: "UMa", Scenario.UMI: "UMi"}
    for number, (scenario, name) in enumerate(names.items(), start=1):
        for sees in (True, False):
            reach = metres[metres <= (10_000 if scenario is Scenario.RMA and sees else 5_000)]
            loss = path_loss_db(scenario, reach, frequency_hz=2.6e9, line_of_sight=sees).loss_db
            words = f"{name}, {'line of sight' if sees else 'no sight'}"
            curves.append(Curve(words, floats(reach), floats(loss), COLOUR[number], dashed=not sees))
    far = np.geomspace(260, 20_000, 40)
    curves.append(Curve("P.1812, flat, 30 m mast", floats(far), [_flat_p1812(float(d) / 1000) for d in far], COLOUR[4]))
    across = Axis("distance, m", 50, 20_000, (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000), logarithmic=True)
    return plot("Loss over distance at 2.6 GHz", across, Axis("loss, dB", 60, 200, range(60, 201, 20)), curves)


COLOUR: Final = ("#53606b", "#0b6b60", "#a80f36", "#735700", "#23558c")


def _flat_p1812(length_km: float) -> float:
    count = max(4, int(length_km / 0.05) + 1)
    nothing = np.zeros(count)
    profile = Profile(np.linspace(0, length_km, count), nothing, nothing, np.full(count, INLAND))
    return basic_transmission_loss(
        profile, frequency_ghz=2.6, transmitter_height_m=30.0, receiver_height_m=1.5, transmitter=(9.6, 105.9),
        receiver=(9.6, 106.0),
    ).basic_transmission_loss_db  # fmt: skip


def throughput_over_sinr() -> str:
    """100 MHz, 30 kHz, one layer, all slots down: the curve, and its steps by two tables of MCS."""
    sinr = np.arange(-12.0, 36.01, 0.1)
    asked: dict[str, Any] = {"blocks": resource_blocks(100e6, 30e3), "spacing_hz": 30e3}
    curves = [
        Curve("0.6 · Shannon", floats(sinr), floats(throughput_bps(sinr, **asked) / 1e6), dashed=True),
        Curve("MCS table 1 (64QAM)", floats(sinr), floats(throughput_bps(sinr, table=MCS_64QAM, **asked) / 1e6)),
        Curve("MCS table 2 (256QAM)", floats(sinr), floats(throughput_bps(sinr, table=MCS_256QAM, **asked) / 1e6)),
    ]
    up = Axis("rate of one layer, Mb/s", 0, 550, range(0, 551, 50))
    return plot("Rate over SINR, 100 MHz", Axis("SINR, dB", -12, 36, range(-12, 37, 6)), up, curves)


def coverage_map() -> str:
    """Four masts of three cells over a seeded fractal country of 200 m relief."""
    side, step = 400, 50.0
    ground = Ground(
        fractal(side, seed=1, relief_m=200), blocks(side, seed=5), 0.0, side * step, step, step, "EPSG:32648", geographic=False,
    )  # fmt: skip
    element = element_power_dbm(53.0, resource_blocks(100e6, 30e3))
    sectors = [Sector(azimuth, 3.0, Element(17.0, 65.0, 7.0), element, 0.5) for azimuth in (0.0, 120.0, 240.0)]
    places = ((6_000, 6_500), (14_200, 5_800), (5_400, 14_600), (13_600, 13_400))
    sites = [Site(f"{number}", float(x), float(y), 35.0, sectors) for number, (x, y) in enumerate(places)]
    found = coverage(ground, sites, model="tr38901-rma", frequency_ghz=2.6, radius_m=15_000, noise_dbm=noise_dbm(30e3, 7.0))  # fmt: skip
    colours = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for _, colour in STEPS], np.uint8)
    levels = np.nan_to_num(found.rsrp_dbm, nan=-999.0)
    classes = np.searchsorted([-least for least, _ in STEPS], -levels)
    image = Image.fromarray(colours[np.minimum(classes, len(STEPS) - 1)])
    for site in sites:
        row, column = (round(place) for place in ground.pixel(site.x, site.y))
        image.paste((255, 255, 255), (column - 3, row - 3, column + 4, row + 4))
        image.paste((23, 34, 43), (column - 2, row - 2, column + 3, row + 3))
    buffer = io.BytesIO()
    image.convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save(buffer, "PNG", optimize=True)
    words = [f"from {least:g}" for least, _ in STEPS[:-1]] + [f"below {STEPS[-2][0]:g}"]
    legend = [(colour, text.replace("-", "−")) for (_, colour), text in zip(STEPS, words, strict=True)]
    return picture("Level over a fractal country", buffer.getvalue(), side * step, legend, "SS-RSRP, dBm")


def calibration() -> dict[str, str]:
    """The companies' medians of R1-165974 as rings beside our lines."""
    across = {
        "coupling": ("Coupling gain of the serving cell, 6 GHz", Axis("dB", -170, -60, range(-170, -59, 10))),
        "geometry": ("Geometry without noise, 6 GHz", Axis("dB", -10, 30, range(-10, 31, 5))),
    }
    curves: dict[str, list[Curve]] = {name: [] for name in across}
    percents = np.arange(0.5, 100, 0.5)
    for number, (scenario, layout) in enumerate(radio_calibration.LAYOUTS.items()):
        found, colour = radio_calibration.drop(scenario), COLOUR[number + 1]
        name = f"{'UMa' if scenario is Scenario.UMA else 'UMi'}, {layout.apart_m:g} m"
        for kind, values, told in (
            ("coupling", found.coupling_db, layout.coupling_db),
            ("geometry", found.geometry_db, layout.geometry_db),
        ):
            curves[kind] += [
                Curve(f"{name}: engine", floats(np.percentile(values, percents)), floats(percents), colour),
                Curve(f"{name}: R1-165974", told, floats(radio_calibration.PERCENTILES), colour, marks=True),
            ]
    up = Axis("terminals, %", 0, 100, range(0, 101, 10))
    return {f"calibration_{kind}": plot(title, axis, up, curves[kind]) for kind, (title, axis) in across.items()}


def drawn() -> dict[str, str]:
    return {
        "loss_over_distance": loss_over_distance(),
        "throughput_over_sinr": throughput_over_sinr(),
        "coverage": coverage_map(),
        **calibration(),
    }


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else ROOT / "docs" / "plots"
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in drawn().items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(folder / f"{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
