from __future__ import annotations

import pytest

from dinh.engines.tables.coordinates import Plane
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.feeds.site_tables import read_sites


def test_a_list_in_vietnamese_with_decimal_commas_is_read() -> None:
    text = "Tên trạm;Vĩ độ;Kinh độ;Chiều cao anten;Góc phương vị;Công suất (dBm)\nST-01;9,6025;105,9739;32;0;49\nST-01;9,6025;105,9739;32;120;49\nST-02;9,55;106,01;24,5;;\n"  # fmt: skip
    read = read_sites(text.encode())
    assert not read.faults
    first, second = read.sites
    assert (first.name, first.latitude, first.longitude, first.antenna_height_m) == ("ST-01", 9.6025, 105.9739, 32)
    assert first.azimuths_deg == (0, 120)
    assert first.power_dbm == 49
    assert (second.azimuths_deg, second.power_dbm, second.antenna_height_m) == ((), None, 24.5)


def test_all_faults_are_told_at_once_with_line_value_and_remedy() -> None:
    text = "name,latitude,longitude,height_m,azimuth\nA,105.97,9.60,30,0\nB,9.60,105.97,0,0\nC,x,105.97,30,0\nD,9.6,105.9,30,400\nE,9.6,,30,0\nF,51.5,0.1,30,0\nG,9.61,105.98,30,0;120;240\n"  # fmt: skip
    read = read_sites(text.encode())
    assert [site.name for site in read.sites] == ["G"]
    assert read.sites[0].azimuths_deg == (0, 120, 240)
    told = {fault.line: str(fault) for fault in read.faults}
    assert "are the two columns swapped?" in told[2]
    assert "height of the antenna, not of the ground" in told[3]
    assert "latitude 'x': is no number; give decimal degrees" in told[4]
    assert "azimuths are degrees from 0 to 360" in told[5]
    assert "is empty; a site needs it" in told[6]
    assert "outside Vietnam" in told[7]


def test_metres_of_vn2000_need_their_zone() -> None:
    text = "site,X,Y,height_m\nA,1061989.2,606834.4,30\nB,1062500,607000,30\n"
    with pytest.raises(Invalid, match="say the VN-2000 zone"):
        read_sites(text.encode())
    read = read_sites(text.encode(), plane=Plane(105.5))
    assert not read.faults
    assert read.sites[0].latitude == pytest.approx(9.6, abs=0.02)
    assert 105.9 < read.sites[0].longitude < 107


def test_a_list_without_a_height_says_which_columns_it_has() -> None:
    with pytest.raises(Invalid, match="no column «Chiều cao / height»; its columns are name, lat, lon"):
        read_sites(b"name,lat,lon\nA,9.6,105.9\nB,9.7,105.8\n")
