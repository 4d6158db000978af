"""Channels, frequencies, slots and bits of NR are those of the specifications."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.radio.nr.modulation import CQI_64QAM, CQI_256QAM, CQI_LOW, MCS_64QAM, MCS_256QAM, MCS_LOW, Scheme
from dinh.engines.radio.nr.raster import arfcn_to_hz, gscn_to_hz, hz_to_arfcn, nearest_gscn
from dinh.engines.radio.nr.rates import Carrier, Overhead, peak_rate_bps, transport_block_bits
from dinh.engines.radio.nr.resource_blocks import BANDS, Duplex, bands_at, resource_blocks
from dinh.engines.radio.nr.tdd import TddPattern
from dinh.kernel.errors import Invalid, OutOfRange


@pytest.mark.parametrize(
    ("mhz", "khz", "blocks"),
    [
        (5, 15, 25),
        (20, 15, 106),
        (50, 15, 270),
        (20, 30, 51),
        (40, 30, 106),
        (100, 30, 273),
        (10, 60, 11),
        (100, 60, 135),
    ],
)
def test_a_channel_has_the_resource_blocks_of_the_table(mhz: int, khz: int, blocks: int) -> None:
    assert resource_blocks(mhz * 1e6, khz * 1e3) == blocks


@pytest.mark.parametrize("khz", [15, 30, 60])
def test_resource_blocks_fit_the_channel_and_fill_at_least_three_quarters_of_it(khz: int) -> None:
    for mhz in (10, 15, 20, 25, 30, 35, 40, 45, 50):
        used = resource_blocks(mhz * 1e6, khz * 1e3) * 12 * khz * 1e3
        assert 0.75 * mhz * 1e6 < used < mhz * 1e6


@pytest.mark.parametrize(("mhz", "khz"), [(100, 15), (5, 60), (37, 30), (12.5, 30), (20, 120)])
def test_a_channel_that_does_not_exist_is_refused_with_those_that_do(mhz: float, khz: int) -> None:
    with pytest.raises(OutOfRange, match="NR has no channel"):
        resource_blocks(mhz * 1e6, khz * 1e3)


# First and last channel of TS 38.104 Table 5.4.2.3-1, downlink.
@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("n1", 422000, 434000), ("n3", 361000, 376000), ("n8", 185000, 192000), ("n28", 151600, 160600), ("n40", 460000, 480000),
     ("n41", 499200, 538000), ("n77", 620000, 680000), ("n78", 620000, 653333.333), ("n79", 693333.333, 733333.333)],
)  # fmt: skip
def test_a_band_begins_and_ends_at_its_channel_numbers(name: str, first: float, last: float) -> None:
    low, high = BANDS[name].downlink_hz
    step, offset_hz, offset = (5e3, 0.0, 0) if low < 3e9 else (15e3, 3e9, 600_000)
    assert ((low - offset_hz) / step + offset, (high - offset_hz) / step + offset) == pytest.approx(
        (first, last), abs=0.01
    )


def test_bands_are_paired_where_uplink_and_downlink_differ() -> None:
    for band in BANDS.values():
        assert (band.uplink_hz != band.downlink_hz) == (band.duplex is Duplex.FDD)
    assert [band.name for band in bands_at(3.5e9)] == ["n77", "n78"]
    assert [band.name for band in bands_at(3.85e9)] == ["n77"]


def test_every_ssb_of_a_band_lies_within_it() -> None:
    for band in BANDS.values():
        for sync in band.sync:
            half = 20 * 12 * sync.spacing_hz / 2.0
            for gscn in (sync.first, sync.last):
                assert band.downlink_hz[0] + half <= gscn_to_hz(gscn) <= band.downlink_hz[1] - half
            assert (sync.last - sync.first) % sync.step == 0


@pytest.mark.parametrize(
    ("arfcn", "mhz"),
    [(0, 0.0), (422000, 2110.0), (599999, 2999.995), (600000, 3000.0), (620000, 3300.0), (636666, 3549.99),
     (2016666, 24249.99), (2016667, 24250.08), (3279165, 99999.96)],
)  # fmt: skip
def test_a_channel_number_names_one_frequency(arfcn: int, mhz: float) -> None:
    assert arfcn_to_hz(arfcn) == pytest.approx(mhz * 1e6)
    assert hz_to_arfcn(arfcn_to_hz(arfcn)) == arfcn


@given(st.integers(0, 3_279_165))
def test_every_channel_number_goes_to_its_frequency_and_back(arfcn: int) -> None:
    assert hz_to_arfcn(arfcn_to_hz(arfcn)) == arfcn


@given(st.integers(2, 26_639))
def test_every_ssb_number_goes_to_its_frequency_and_back(gscn: int) -> None:
    assert nearest_gscn(gscn_to_hz(gscn)) == gscn


@pytest.mark.parametrize(("gscn", "mhz"), [(2, 1.25), (3, 1.35), (7498, 2999.05), (7499, 3000.0), (7711, 3305.28),
                                           (22255, 24248.64), (22256, 24250.08), (26639, 99988.32)])  # fmt: skip
def test_ssb_numbers_are_those_of_the_table(gscn: int, mhz: float) -> None:
    # 2: N = 1, M = 1, so 1.2 + 0.05 MHz; 3: M = 3; 7498: N = 2499, M = 5.
    assert gscn_to_hz(gscn) == pytest.approx(mhz * 1e6)


def test_what_lies_between_two_numbers_or_beyond_all_is_refused() -> None:
    for wrong in (3_500_001_000.0, 2_110_002_000.0, 150e9, -5e3):
        with pytest.raises(OutOfRange, match="NR-ARFCN"):
            hz_to_arfcn(wrong)
    for number in (-1, 3_279_166):
        with pytest.raises(OutOfRange, match="NR-ARFCN"):
            arfcn_to_hz(number)
    with pytest.raises(OutOfRange, match="GSCN 1 "):
        gscn_to_hz(1)


def test_tdd_patterns_share_the_time_of_both_directions() -> None:
    pattern = TddPattern("DDDSU", special=(10, 2, 2))
    # 3·14 + 10 of 70 symbols down, 14 + 2 up.
    assert pattern.symbols() == (52, 2, 16)
    assert (pattern.downlink_share, pattern.uplink_share, pattern.period_s) == (52 / 70, 16 / 70, 2.5e-3)
    assert TddPattern("DSUUU").uplink_share == 44 / 70
    assert TddPattern("DDSUU", special=(6, 4, 4)).downlink_share == 34 / 70
    assert TddPattern("DDDDDDDSUU", special=(6, 4, 4)).period_s == 5e-3


@pytest.mark.parametrize(
    ("slots", "special", "says"),
    [("DDXU", (10, 2, 2), "D, S and U"), ("", (10, 2, 2), "D, S and U"), ("DDDSU", (10, 2, 3), "14 together"),
     ("DDDDDSU", (10, 2, 2), "20 ms")],
)  # fmt: skip
def test_a_pattern_that_cannot_be_is_refused(slots: str, special: tuple[int, int, int], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        TddPattern(slots, special=special)


def test_tables_of_modulation_have_the_efficiencies_that_the_specification_prints() -> None:
    # Index, and the efficiency printed in its last column.
    for table, printed in (
        (MCS_64QAM, {0: 0.2344, 9: 1.3262, 10: 1.3281, 16: 2.5703, 17: 2.5664, 28: 5.5547}),
        (MCS_256QAM, {0: 0.2344, 5: 1.4766, 11: 2.7305, 19: 5.1152, 20: 5.3320, 27: 7.4063}),
        (MCS_LOW, {0: 0.0586, 14: 1.1758, 15: 1.3281, 21: 2.5664, 28: 4.5234}),
        (CQI_64QAM, {1: 0.1523, 7: 1.4766, 10: 2.7305, 15: 5.5547}),
        (CQI_256QAM, {1: 0.1523, 4: 1.4766, 7: 2.7305, 12: 5.5547, 15: 7.4063}),
        (CQI_LOW, {1: 0.0586, 9: 1.4766, 12: 2.7305, 15: 4.5234}),
    ):
        by_index = {scheme.index: scheme for scheme in table}
        assert {index: round(by_index[index].efficiency, 4) for index in printed} == pytest.approx(printed, abs=1e-4)
    assert [len(table) for table in (MCS_64QAM, MCS_256QAM, MCS_LOW, CQI_64QAM, CQI_256QAM, CQI_LOW)] == [
        29,
        28,
        29,
        15,
        15,
        15,
    ]


def test_a_transport_block_is_that_of_the_clause() -> None:
    # 273 blocks, 13 symbols, 24 elements of DM-RS, MCS 9 of the 256QAM table, 4 layers. N_RE = 132·273 = 36036,
    # N_info = 36036·(616/1024)·4·4 = 346846.5, n = 13, N'_info = 42·8192 = 344064, C = 41, 8·41·⌈344088/328⌉ - 24.
    # A network analyser's trace of a real cell gives the same 43047 bytes.
    assert transport_block_bits(MCS_256QAM[9], blocks=273, layers=4, dmrs_elements=24) == 344_376
    # 6 blocks of 12 symbols, 6 elements of DM-RS, QPSK at 102.4/1024: 828·0.2 = 165.6, n = 3, 160, which the table has.
    assert transport_block_bits(Scheme(0, 2, 102.4), blocks=6, symbols=12, dmrs_elements=6) == 160
    # 50 blocks, MCS 0 (120/1024, below 1/4): 50·144·0.234375 = 1687.5, n = 4, 1680, and the next in the table is 1736.
    assert transport_block_bits(MCS_64QAM[0], blocks=50) == 1_736
    # 273 blocks of it, 2 layers: 273·144·0.46875 = 18427.5, n = 9, round(35.94)·512 = 18432, C = ⌈18456/3816⌉ = 5,
    # 40·⌈18456/40⌉ - 24.
    assert transport_block_bits(MCS_64QAM[0], blocks=273, layers=2) == 18_456


@given(st.integers(0, 27), st.integers(1, 273), st.integers(1, 4), st.integers(2, 13))
def test_a_transport_block_is_whole_bytes_and_never_shrinks_with_more_blocks(
    index: int, blocks: int, layers: int, symbols: int
) -> None:
    def bits(count: int) -> int:
        return transport_block_bits(MCS_256QAM[index], blocks=count, layers=layers, symbols=symbols)

    assert bits(blocks) % 8 == 0
    assert bits(blocks + 1) >= bits(blocks)


def test_the_peak_rate_is_that_of_the_specification() -> None:
    # 4·8·(948/1024)·273·12·28000·0.86 = 2 337 000 120 bit/s for 100 MHz at 30 kHz.
    assert peak_rate_bps([Carrier(273, 30e3, 4, 8)]) == pytest.approx(2_337.0e6, rel=1e-6)
    two = [Carrier(273, 30e3, 4, 8), Carrier(106, 15e3, 4, 8)]
    assert peak_rate_bps(two) == pytest.approx(peak_rate_bps(two[:1]) + peak_rate_bps(two[1:]))
    up = Carrier(273, 30e3, 2, 6, Overhead.UPLINK_FR1, time_share=TddPattern("DDDSU").uplink_share)
    assert peak_rate_bps([up]) == pytest.approx(2 * 6 * 948 / 1024 * 273 * 12 * 28_000 * 0.92 * 16 / 70)


def test_a_spacing_that_nr_lacks_is_refused() -> None:
    with pytest.raises(OutOfRange, match="45 kHz"):
        peak_rate_bps([Carrier(10, 45e3, 1, 2)])
