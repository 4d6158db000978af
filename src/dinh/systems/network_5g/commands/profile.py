"""`dinh radio profile FILE`: what ITU-R P.1812 says of each measurement of a path profile."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from dinh.engines.radio.p1812.path_loss import EDITION, Prediction
from dinh.engines.radio.profile_files import Measurement, ProfileFile, read_profile_file
from dinh.systems.network_5g.commands.lists import content_of


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dinh radio profile",
        description=f"Predicts the basic transmission loss over a path by {EDITION} for each measurement of the file.",
    )
    parser.add_argument("file", type=Path, help="a profile with measurements, in the CSV layout of ITU-R Study Group 3")
    parser.add_argument("--json", action="store_true", help="as JSON, with every intermediate quantity")
    options = parser.parse_args(arguments)
    read = read_profile_file(content_of(options.file).decode("utf-8-sig", errors="replace"))
    predicted = [(measurement, read.predict(measurement)) for measurement in read.measurements]
    if options.json:
        json.dump(_as_json(read, predicted), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _print(read, predicted)
    return 0


def _as_json(read: ProfileFile, predicted: list[tuple[Measurement, Prediction]]) -> dict[str, object]:
    return {
        "name": read.name,
        "model": EDITION,
        "length_km": read.profile.length_km,
        "points": len(read.profile.distance_km),
        "measurements": [
            {
                **{f"measured_{name}" if name in _MEASURED else name: value for name, value in asdict(measurement).items()},
                "basic_transmission_loss_db": prediction.basic_transmission_loss_db,
                "field_strength_dbuv_m": prediction.field_strength_dbuv_m,
                "quantities": dict(prediction.quantities),
            }
            for measurement, prediction in predicted
        ],
    }  # fmt: skip


_MEASURED = {"field_strength_dbuv_m", "basic_transmission_loss_db"}


def _print(read: ProfileFile, predicted: list[tuple[Measurement, Prediction]]) -> None:
    print(f"{read.name}: {read.profile.length_km:g} km, {len(read.profile.distance_km)} points, {EDITION}")
    print("    f/GHz  time/%  tx/m   rx/m  pol    Lb/dB  in file/dB  difference")
    for measurement, prediction in predicted:
        told = measurement.basic_transmission_loss_db
        loss = prediction.basic_transmission_loss_db
        beside = f"{told:11.4f} {loss - told:+11.6f}" if told is not None else f"{'-':>11}"
        print(
            f"  {measurement.frequency_ghz:7.4f} {measurement.time_percent:7g} {measurement.transmitter_height_m:5g} "
            f"{measurement.receiver_height_m:6g} {measurement.polarisation[0]:>4} {loss:8.4f} {beside}"
        )
        quantities = (f"{name} {value:.6g}" for name, value in prediction.quantities.items())
        line = "     "
        for part in quantities:
            if len(line) + len(part) > 118:
                print(line)
                line = "     "
            line += f" {part};"
        print(line)
