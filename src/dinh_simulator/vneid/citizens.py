"""Invented citizens. Their numbers begin with 999, which is no province's code, so that none can be anybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Citizen:
    sub: str
    name: str
    birthdate: str
    gender: str
    citizen_id: str
    phone_number: str
    address: str
    acr: str

    def claims(self) -> Mapping[str, Any]:
        return {
            "sub": self.sub,
            "name": self.name,
            "birthdate": self.birthdate,
            "gender": self.gender,
            "citizen_id": self.citizen_id,
            "phone_number": self.phone_number,
            "address": {"formatted": self.address},
            "acr": self.acr,
            "simulated": True,
        }


CITIZENS: Final[Sequence[Citizen]] = (
    Citizen(
        "mo-phong-1", "Lâm Thị Sương", "1995-03-08", "female", "999195000001", "0900000001",
        "Ấp Giồng Giữa, xã Trần Đề (mô phỏng)", "2",
    ),
    Citizen(
        "mo-phong-2", "Thạch Văn Nghĩa", "1978-11-20", "male", "999078000002", "0900000002",
        "Khóm 3, phường Sóc Trăng (mô phỏng)", "2",
    ),
    Citizen(
        "mo-phong-3", "Trần Ngọc Bích", "2004-07-15", "female", "999304000003", "0900000003",
        "Ấp Mỹ Thanh, xã Vĩnh Hải (mô phỏng)", "1",
    ),
)  # fmt: skip
