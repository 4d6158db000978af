"""What simulated people report, and what simulated offices answer. Invented; no street is any real one's trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Story:
    """Words of a report; `answers` those to the questions of its category."""

    category: str
    words: str
    address: str
    answers: Mapping[str, Any] = field(default_factory=dict)


STORIES: Final[Sequence[Story]] = (
    Story("road_damage", "Ổ gà sâu giữa làn xe máy, tối qua có người té. Mong sớm vá lại.", "Đường tỉnh 934, gần chợ", {"size": "medium", "blocked": "free"}),
    Story("road_damage", "Mặt đường lún sau khi đào đặt ống, mưa xuống là ngập bùn.", "Đường Nguyễn Huệ, trước số 45", {"size": "large", "blocked": "narrow"}),
    Story("road_damage", "Đường bê tông xóm bị nứt, đá lòi lên, học sinh đi xe đạp rất khó.", "Ấp Hòa Bình, sau trường tiểu học", {"size": "small", "blocked": "free"}),
    Story("street_light", "Ba đèn liên tiếp không sáng từ tuần trước, đoạn này hay có người đi bộ.", "Đường Trần Hưng Đạo, đoạn công viên", {"lamps": 3}),
    Story("street_light", "Đèn sáng cả ban ngày, tối lại tắt.", "Hẻm 12 đường Lê Lợi", {"lamps": 1, "pole": "LL-12/4"}),
    Story("street_light", "Cả con đường vào khu dân cư không có đèn nào sáng.", "Khu dân cư Minh Châu", {"lamps": 8}),
    Story("flooding", "Triều lên là nước tràn vào nhà, cống trước nhà nghẹt rác.", "Đường Phú Lợi, gần cầu", {"depth": "ankle", "since": "week"}),
    Story("flooding", "Mưa hôm qua ngập tới đầu gối, xe chết máy hàng loạt.", "Ngã tư bến xe", {"depth": "knee", "since": "today"}),
    Story("waste", "Rác sinh hoạt ba ngày chưa thu gom, bốc mùi.", "Sau chợ phường", {"since": "week"}),
    Story("waste", "Có người đổ xà bần xuống bãi đất trống ban đêm.", "Đường vành đai, đối diện trạm xăng", {"since": "longer"}),
    Story("power", "Dây điện võng thấp, xe tải đi qua quệt phải.", "Ấp Giồng Chát, đầu kênh", {"pole": "GC-07"}),
    Story("power", "Mất điện từng đợt vào giờ tưới, máy bơm không chạy được.", "Ấp Trà Sết"),
    Story("water_supply", "Nước máy đục và yếu vào buổi sáng.", "Hẻm 30 đường Hùng Vương", {"since": "week"}),
    Story("water_supply", "Ống nước vỡ, nước chảy tràn ra đường từ khuya.", "Trước trụ sở ấp", {"since": "today"}),
    Story("salt_water", "Nước kênh có vị mặn, đo thử 3,2 g/l; mong đóng cống sớm khi triều lên.", "Kênh 2, cống Bà Xẩm", {"salty": 3.2, "since": "today"}),
    Story("salt_water", "Cống không mở nhiều ngày nay, kênh nội đồng cạn.", "Cống Cái Quanh", {"since": "week"}),
    Story("erosion", "Bờ sông nứt một đường dài, cách nhà dân chừng bốn mét.", "Bờ sông Mỹ Thanh", {"since": "week"}),
    Story("tree", "Cây lớn ngã chắn nửa đường sau giông, vướng dây điện.", "Đường huyện 14", {"blocked": "narrow"}),
    Story("pollution", "Cơ sở sấy đốt trấu khói đen vào buổi tối, người già khó thở.", "Ấp Châu Thành", {"when": "evening", "since": "longer"}),
    Story("noise", "Loa kéo hát tới gần nửa đêm các ngày cuối tuần.", "Khu nhà trọ hẻm 5", {"when": "night"}),
    Story("pavement_use", "Vỉa hè bị chiếm bán hàng, người đi bộ phải xuống lòng đường.", "Trước cổng chợ", {"when": "day"}),
    Story("telecom", "Bó cáp viễn thông sà xuống ngang đầu người.", "Đường Tôn Đức Thắng, cột 18", {"pole": "TĐT-18"}),
    Story("traffic_sign", "Biển báo trường học bị cây che, xe chạy nhanh qua cổng trường.", "Trước trường mầm non"),
    Story("bridge", "Lan can cầu bê tông gãy một đoạn, ban đêm không thấy.", "Cầu Kênh Xáng", {"blocked": "free"}),
    Story("animals", "Chó thả rông không rọ mõm, đã cắn một em nhỏ.", "Ấp Tân Hưng"),
    Story("food_safety", "Quầy bán thực phẩm quá hạn, đóng lại ngày trên bao bì.", "Chợ nông sản", {"office": "Quầy tạp hoá trong chợ"}),
    Story("public_service", "Trạm y tế hết thuốc huyết áp từ đầu tháng.", "Trạm y tế xã", {"office": "Trạm y tế xã"}),
)  # fmt: skip
PRIVATE: Final = (
    Story("officials", "Hồ sơ của tôi bị hẹn lại ba lần mà không có giấy.", "Bộ phận một cửa", {"office": "Bộ phận một cửa"}),
    Story("public_order", "Có nhóm người tụ tập đánh bài ăn tiền mỗi tối.", "Quán nước đầu ấp", {"when": "evening"}),
)  # fmt: skip
HELD: Final = (
    Story("other", "Cần vay nhanh lãi thấp, vào ngay www.vay-nhanh-mo-phong.example.top để nhận tiền trong ngày.", "Toàn khu vực"),
    Story("waste", "Rác trước nhà, gọi cho tôi số 0912 345 678 để tôi chỉ chỗ.", "Hẻm 9", {"since": "today"}),
    Story("pavement_use", "Nhà số 14 lấn đường, chủ nhà số căn cước 012345678901.", "Hẻm 14", {"when": "day"}),
)  # fmt: skip
FIXED: Final = (
    "Đã cử tổ duy tu xử lý xong, nghiệm thu ngày hôm nay. Cảm ơn bà con đã báo.",
    "Đã thay mới và kiểm tra lại toàn tuyến.",
    "Đã thu gom, dọn sạch; sẽ tăng chuyến vào cuối tuần.",
)
NOT_FIXED: Final = (
    "Đoạn này nằm trong dự án nâng cấp khởi công quý sau; đã đặt biển cảnh báo tạm.",
    "Chưa có kinh phí trong năm nay; đã đưa vào kế hoạch năm sau và báo cáo cấp trên.",
)
REPLIES: Final = (
    "Chúng tôi đã cử người đến xem và sẽ trả lời trước hạn.",
    "Đơn vị đang chờ vật tư, dự kiến làm trong tuần này.",
)
QUESTION: Final = "Bà con cho biết chỗ này gần số nhà nào để tổ kỹ thuật tìm được?"
AGAIN: Final = "Mới hai ngày đã hư lại như cũ."
SAID_AGAIN: Final = ("", "Bà con trong xóm cùng phản ánh.", "Mong sớm được trả lời.")
THANKS: Final = ("Cảm ơn, đã ổn.", "Làm nhanh hơn tôi nghĩ.", "")
ROUTES: Final[Mapping[str, str]] = {
    "road_damage": "so-xay-dung", "bridge": "so-xay-dung", "street_light": "so-xay-dung", "traffic_sign": "so-xay-dung",
    "flooding": "so-xay-dung", "salt_water": "chi-cuc-thuy-loi", "erosion": "chi-cuc-thuy-loi", "waste": "so-nong-nghiep-moi-truong",
    "pollution": "so-nong-nghiep-moi-truong", "power": "dien-luc", "water_supply": "cap-nuoc", "telecom": "so-khoa-hoc-cong-nghe",
    "food_safety": "so-y-te", "public_service": "so-y-te", "noise": "so-nong-nghiep-moi-truong", "tree": "so-xay-dung",
    "animals": "so-nong-nghiep-moi-truong", "pavement_use": "so-xay-dung",
}  # fmt: skip
"""To which office of the demonstration a category goes; the others go to the commune."""
