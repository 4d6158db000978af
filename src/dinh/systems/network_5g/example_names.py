"""English words for what examples are called. A planner's own names have one language, so that areas and scenarios have too."""

from __future__ import annotations

from typing import Final

TRIAL: Final = "Thử nghiệm theo tài liệu (mô phỏng)"
TRIAL_NOTE: Final = (
    "Ví dụ mẫu: vị trí trạm do chương trình sinh ra quanh các địa điểm nêu trong tài liệu, không phải vị trí khảo sát."
)
_ENGLISH: Final = {
    TRIAL: "Trial as documented (simulated)",
    TRIAL_NOTE: "Worked example: masts are generated around the places that the documents name, they were not surveyed.",
    "Thử nghiệm 5G Hà Nội (mô phỏng)": "5G trial in Hanoi (simulated)",
    "Thử nghiệm 5G Thành phố Hồ Chí Minh (mô phỏng)": "5G trial in Ho Chi Minh City (simulated)",
    "Sóc Trăng (mô phỏng)": "Soc Trang (simulated)",
    "Mạng hiện có (mô phỏng)": "Existing network (simulated)",
    "Trạm lấy từ danh mục tài sản của bản trình diễn, do chương trình rải ngẫu nhiên quanh trung tâm các xã, phường.": (
        "Masts are those of the demonstration's register of assets, scattered by a program around the centres of communes."
    ),
    "giả định của ví dụ: số tròn cho mỗi phường, không phải thống kê": "assumption of the example: a round number for each ward, no statistics",
}  # fmt: skip


def in_words(text: str, language: str) -> str:
    return _ENGLISH.get(text, text) if language.startswith("en") else text
