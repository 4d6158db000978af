"""`dinh radio capacity`: the peak rate of carriers; with sites and people, the busy hour of a network."""

from __future__ import annotations

import argparse
import json
import sys

from dinh.engines.radio.nr.rates import Carrier, Overhead, peak_rate_bps
from dinh.engines.radio.nr.resource_blocks import resource_blocks
from dinh.systems.network_5g.commands import busy_hour, network_options

MODULATIONS = {"qpsk": 2, "16qam": 4, "64qam": 6, "256qam": 8, "1024qam": 10}


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dinh radio capacity",
        description="Peak rate of an NR carrier by 3GPP TS 38.306 clause 4.1.2. With --sites, --terrain and --population: loads of all cells in the busy hour and what people get.",
    )
    parser.add_argument("--bandwidth-mhz", type=int, nargs="+", help="channel bandwidths (default 100)")
    parser.add_argument("--subcarrier-khz", type=int, help="15, 30 or 60 (default 30)")
    parser.add_argument("--layers", type=int, help="layers of MIMO (default 4)")
    parser.add_argument("--modulation", choices=MODULATIONS, default="256qam", help="of the peak rate")
    parser.add_argument("--direction", choices=("down", "up"), default="down")
    parser.add_argument(
        "--share-of-time", type=float, default=1.0, help="of the peak rate: what TDD leaves to the direction, 0 to 1"
    )
    parser.add_argument("--json", action="store_true")
    busy = parser.add_argument_group("the busy hour of a network")
    network_options.add_to(busy, required=False)
    busy_hour.add_to(busy)
    options = parser.parse_args(arguments)
    if not 0 < options.share_of_time <= 1:
        parser.error(f"--share-of-time is above 0 and at most 1, not {options.share_of_time}")
    if options.layers is not None and options.layers < 1:
        parser.error(f"--layers is 1 or more, not {options.layers}")
    if options.sites is not None:
        busy_hour.check(parser, options)
        return busy_hour.run(options)
    for name in ("terrain", "population", "band"):
        if getattr(options, name) is not None:
            parser.error(f"--{name} is for the busy hour; give --sites too")
    return _peak(options)


def _peak(options: argparse.Namespace) -> int:
    spacing, layers = options.subcarrier_khz or 30, options.layers or 4
    overhead = Overhead.DOWNLINK_FR1 if options.direction == "down" else Overhead.UPLINK_FR1
    found = []
    for width in options.bandwidth_mhz or [100]:
        blocks = resource_blocks(width * 1e6, spacing * 1e3)
        carrier = Carrier(
            blocks, spacing * 1e3, layers, MODULATIONS[options.modulation], overhead,
            time_share=options.share_of_time,
        )  # fmt: skip
        rate = peak_rate_bps([carrier]) / 1e6
        found.append({"bandwidth_mhz": width, "resource_blocks": blocks, "peak_rate_mbps": rate})
    if options.json:
        json.dump(
            {
                "source": "3GPP TS 38.306 clause 4.1.2", "subcarrier_khz": spacing, "layers": layers,
                "modulation": options.modulation, "direction": options.direction, "overhead": overhead.value,
                "share_of_time": options.share_of_time, "carriers": found,
            },
            sys.stdout, indent=1,
        )  # fmt: skip
        sys.stdout.write("\n")
    else:
        print("  MHz   PRB      Mb/s")
        for row in found:
            print(f"  {row['bandwidth_mhz']:3d} {row['resource_blocks']:5d} {row['peak_rate_mbps']:9.1f}")
    return 0
