"""The kind of case that a report of the public is: states, steps, what may be reported and what is asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from dinh.kernel.manifests import CaseTypeSpec, CategorySpec, StateSpec, Text, TransitionSpec

DAY: Final = timedelta(hours=7, minutes=30)
"""Of office hours."""
ROADS: Final = Text("Đường sá, giao thông", "Roads and traffic")
CLEAN: Final = Text("Môi trường, vệ sinh", "Environment and cleanliness")
NETWORKS: Final = Text("Điện, nước, viễn thông", "Power, water, telecommunications")
ORDER: Final = Text("Trật tự, an toàn", "Order and safety")
SERVICE: Final = Text("Cơ quan, dịch vụ", "Offices and services")


def _choice(title: Text, names: Mapping[str, Text], *, needed: bool = False) -> dict[str, Any]:
    return {
        "enum": list(names), "title": title.vi, "title_en": title.en, "x-needed": needed,
        "x-names": {code: name.vi for code, name in names.items()}, "x-names-en": {code: name.en for code, name in names.items()},
    }  # fmt: skip


def _words(title: Text, most: int = 200, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": most, "title": title.vi, "title_en": title.en, **more}


FIELDS: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "description": _words(Text("Nội dung", "What it is"), 4000),
        "address": _words(Text("Địa chỉ, mốc dễ nhận", "Address, landmark"), 300),
        "reporter_name": _words(Text("Người phản ánh", "Reporter"), 120, **{"x-personal": True}),
        "reporter_contact": _words(Text("Liên hệ", "Contact"), 300, **{"x-personal": True}),
        "size": _choice(
            Text("Lớn chừng nào?", "How large is it?"),
            {
                "small": Text("Nhỏ hơn bàn tay", "Smaller than a hand"),
                "medium": Text("Cỡ bánh xe máy", "As a motorbike's wheel"),
                "large": Text("Lớn hơn, xe phải tránh", "Larger; vehicles go around it"),
            },
        ),
        "blocked": _choice(
            Text("Có đi qua được không?", "Can one pass?"),
            {
                "free": Text("Đi được", "Yes"),
                "narrow": Text("Chỉ xe máy, người đi bộ", "Motorbikes and people on foot only"),
                "blocked": Text("Không đi được", "No"),
            },
        ),
        "depth": _choice(
            Text("Nước sâu chừng nào?", "How deep is the water?"),
            {
                "ankle": Text("Đến mắt cá", "To the ankle"),
                "knee": Text("Đến đầu gối", "To the knee"),
                "more": Text("Sâu hơn", "Deeper"),
            },
            needed=True,
        ),
        "lamps": {
            "type": "integer", "minimum": 1, "maximum": 500, "title": "Bao nhiêu đèn không sáng?", "title_en": "How many lamps are out?",
        },
        "pole": _words(Text("Số trên cột, nếu có", "Number on the pole, if there is one"), 40),
        "since": _choice(
            Text("Từ bao giờ?", "Since when?"),
            {
                "today": Text("Hôm nay", "Today"),
                "week": Text("Trong tuần này", "This week"),
                "longer": Text("Đã lâu", "For longer"),
            },
        ),
        "when": _choice(
            Text("Thường vào lúc nào?", "Usually at what time?"),
            {
                "day": Text("Ban ngày", "By day"),
                "evening": Text("Buổi tối", "In the evening"),
                "night": Text("Đêm khuya", "At night"),
            },
        ),
        "salty": {
            "type": "number", "minimum": 0, "maximum": 60, "title": "Độ mặn đo được, g/l (nếu có)", "title_en": "Measured salinity, g/l (if any)",
        },
        "office": _words(Text("Cơ quan, nơi cung cấp dịch vụ", "Office, provider"), 200, **{"x-needed": True}),
    },
}  # fmt: skip

CATEGORIES: Final = (
    CategorySpec(
        "road_damage", Text("Đường hư, ổ gà", "Broken road, pothole"), 7 * DAY, ROADS,
        Text("Ổ gà, mặt đường lún, nứt, bong tróc", "Potholes, sunken or cracked surface"), ("size", "blocked"),
        ("ổ gà", "đường hư", "đường hỏng", "lún đường", "sụt lún", "mặt đường", "vỉa hè hư", "pothole", "broken road", "road damage"),
    ),
    CategorySpec(
        "bridge", Text("Cầu hư hỏng", "Damaged bridge"), 2 * DAY, ROADS,
        Text("Lan can, mặt cầu, mố cầu; cầu nông thôn", "Railing, deck, abutment; rural bridges"), ("blocked",),
        ("cầu", "lan can", "cầu sập", "cầu hư", "bridge"), danger=True,
    ),
    CategorySpec(
        "street_light", Text("Đèn đường không sáng", "Street light out"), 3 * DAY, ROADS,
        Text("Đèn tắt, chập chờn, sáng ban ngày", "Out, flickering, on by day"), ("lamps", "pole"),
        ("đèn đường", "đèn tắt", "không sáng", "chiếu sáng", "street light", "lamp"),
    ),
    CategorySpec(
        "traffic_sign", Text("Đèn tín hiệu, biển báo", "Traffic lights, signs"), DAY, ROADS,
        Text("Đèn giao thông hỏng, biển báo mất, che khuất, vạch mờ", "Lights broken, signs missing or hidden, faded lines"), (),
        ("đèn tín hiệu", "đèn giao thông", "biển báo", "vạch kẻ", "traffic light", "traffic sign"),
    ),
    CategorySpec(
        "parking", Text("Dừng, đỗ xe cản trở", "Obstructive parking"), 2 * DAY, ROADS,
        Text("Xe đỗ vỉa hè, lòng đường, chắn lối", "On pavements, in the road, before entrances"), ("when",),
        ("đậu xe", "đỗ xe", "dừng xe", "parking"),
    ),
    CategorySpec(
        "flooding", Text("Ngập, nước không thoát", "Flooding, blocked drain"), DAY, CLEAN,
        Text("Ngập sau mưa, triều cường, cống nghẹt", "After rain, at high tide, drain blocked"), ("depth", "since"),
        ("ngập", "cống nghẹt", "nghẹt cống", "triều cường", "thoát nước", "flood", "drain"),
    ),
    CategorySpec(
        "manhole", Text("Mất, bể nắp cống", "Missing manhole cover"), timedelta(hours=4), CLEAN,
        Text("Hố ga hở, nắp gãy", "Open shaft, broken cover"), (), ("nắp cống", "hố ga", "mất nắp", "manhole"), danger=True,
    ),
    CategorySpec(
        "waste", Text("Rác không thu gom, đổ bậy", "Waste not collected, dumped"), 2 * DAY, CLEAN,
        Text("Rác sinh hoạt, xà bần, bãi rác tự phát", "Household waste, rubble, wild dumps"), ("since",),
        ("rác", "đổ rác", "xà bần", "bãi rác", "waste", "garbage", "rubbish", "dumping"),
    ),
    CategorySpec(
        "pollution", Text("Ô nhiễm nước, không khí", "Water or air pollution"), 3 * DAY, CLEAN,
        Text("Nước thải, mùi hôi, khói bụi, đốt rác", "Waste water, smell, smoke, dust, burning"), ("when", "since"),
        ("ô nhiễm", "mùi hôi", "nước thải", "khói", "bụi", "đốt rác", "đốt đồng", "pollution", "smell", "smoke"),
    ),
    CategorySpec(
        "noise", Text("Tiếng ồn", "Noise"), 2 * DAY, CLEAN,
        Text("Loa kéo, karaoke, cơ sở sản xuất, công trường", "Loudspeakers, karaoke, workshops, building sites"), ("when",),
        ("tiếng ồn", "ồn", "karaoke", "loa kéo", "noise", "loud"),
    ),
    CategorySpec(
        "tree", Text("Cây xanh ngã, gãy cành", "Fallen tree, broken branch"), DAY, CLEAN,
        Text("Cây ngã, cành gãy, cây vướng dây điện", "Fallen trees, branches, trees in power lines"), ("blocked",),
        ("cây ngã", "cây đổ", "gãy cành", "cây xanh", "tree", "branch"), danger=True,
    ),
    CategorySpec(
        "erosion", Text("Sạt lở bờ sông, đê, bờ biển", "Erosion of banks, dykes, coast"), DAY, CLEAN,
        Text("Sạt lở, nứt đất, đê rò rỉ", "Slides, cracks, leaking dykes"), ("since",),
        ("sạt lở", "lở đất", "nứt đất", "vỡ đê", "rò rỉ đê", "bờ kè", "erosion", "landslide", "dyke"), danger=True,
    ),
    CategorySpec(
        "salt_water", Text("Nước mặn, cống, kênh thuỷ lợi", "Salt water, sluices, canals"), DAY, NETWORKS,
        Text("Nước mặn vào ruộng, cống không vận hành, kênh cạn", "Salt water in fields, sluice idle, canal dry"), ("salty", "since"),
        ("nước mặn", "xâm nhập mặn", "cống", "kênh", "thuỷ lợi", "salinity", "salt water", "sluice"),
    ),
    CategorySpec(
        "water_supply", Text("Nước sinh hoạt", "Drinking water"), DAY, NETWORKS,
        Text("Mất nước, nước yếu, đục, có mùi, vỡ ống", "No water, low pressure, cloudy, smell, burst pipe"), ("since",),
        ("mất nước", "nước yếu", "nước đục", "vỡ ống", "nước máy", "water supply", "no water", "burst pipe"),
    ),
    CategorySpec(
        "power", Text("Điện", "Electricity"), timedelta(hours=4), NETWORKS,
        Text("Mất điện, dây đứt, cột nghiêng, điện yếu", "No power, broken wire, leaning pole, low voltage"), ("pole",),
        ("mất điện", "cúp điện", "dây điện", "đứt dây", "cột điện", "trạm biến áp", "power", "electricity", "wire"), danger=True,
    ),
    CategorySpec(
        "telecom", Text("Cáp viễn thông, sóng di động", "Cables, mobile coverage"), 3 * DAY, NETWORKS,
        Text("Cáp sà thấp, cột nghiêng, mất sóng, mạng yếu", "Sagging cables, leaning poles, no or weak signal"), ("pole",),
        ("cáp", "mất sóng", "sóng yếu", "mạng", "internet", "cable", "signal", "coverage"),
    ),
    CategorySpec(
        "pavement_use", Text("Lấn chiếm vỉa hè, lòng đường", "Pavements and roads occupied"), 3 * DAY, ORDER,
        Text("Buôn bán, để vật liệu, mái che lấn đường", "Trading, building material, awnings"), ("when",),
        ("lấn chiếm", "vỉa hè", "lòng lề đường", "buôn bán", "pavement", "sidewalk"),
    ),
    CategorySpec(
        "construction", Text("Xây dựng sai phép, không phép", "Unpermitted building"), 5 * DAY, ORDER,
        Text("Xây trái phép, công trình không an toàn, san lấp", "Building without permit, unsafe sites, land filling"), (),
        ("xây dựng", "không phép", "trái phép", "san lấp", "construction", "building"),
    ),
    CategorySpec(
        "fire_risk", Text("Nguy cơ cháy nổ", "Fire risk"), timedelta(hours=4), ORDER,
        Text("Lối thoát bị chặn, chứa chất dễ cháy", "Blocked exits, flammable goods"), (),
        ("cháy", "nổ", "pccc", "thoát hiểm", "fire"), danger=True,
    ),
    CategorySpec(
        "public_order", Text("An ninh, trật tự", "Public order"), DAY, ORDER,
        Text("Gây rối, cờ bạc, tệ nạn, trộm cắp", "Disturbance, gambling, theft"), ("when",),
        ("an ninh", "trật tự", "đánh nhau", "cờ bạc", "trộm", "tệ nạn", "public order", "theft"), danger=True, private=True,
    ),
    CategorySpec(
        "animals", Text("Chó thả rông, động vật, dịch bệnh", "Stray dogs, animals, disease"), 2 * DAY, ORDER,
        Text("Chó không rọ mõm, xác động vật, gia súc bệnh", "Dogs without muzzle, carcasses, sick livestock"), (),
        ("chó", "thả rông", "xác động vật", "gia súc", "dịch bệnh", "dog", "animal"),
    ),
    CategorySpec(
        "food_safety", Text("An toàn thực phẩm", "Food safety"), 3 * DAY, SERVICE,
        Text("Hàng hết hạn, ngộ độc, cơ sở mất vệ sinh", "Expired goods, poisoning, unclean premises"), ("office",),
        ("thực phẩm", "ngộ độc", "hết hạn", "food"),
    ),
    CategorySpec(
        "officials", Text("Thái độ, việc làm của cán bộ", "Conduct of officials"), 10 * DAY, SERVICE,
        Text("Chậm trễ, gây phiền hà, đòi thêm giấy tờ, tiền", "Delay, harassment, demands for papers or money"), ("office",),
        ("cán bộ", "phiền hà", "nhũng nhiễu", "thái độ", "chậm hồ sơ", "official", "bribe"), private=True,
    ),
    CategorySpec(
        "public_service", Text("Trường học, y tế, dịch vụ công", "Schools, health, public services"), 5 * DAY, SERVICE,
        Text("Chất lượng phục vụ, cơ sở vật chất", "Quality of service, premises"), ("office",),
        ("trường", "bệnh viện", "trạm y tế", "dịch vụ công", "school", "hospital", "public service"),
    ),
    CategorySpec(
        "other", Text("Việc khác", "Something else"), 5 * DAY, SERVICE,
        Text("Không thấy loại phù hợp", "No category fits"), (), ("khác", "other"),
    ),
)  # fmt: skip

CITIZEN_REPORT: Final = CaseTypeSpec(
    code="citizen_report",
    name=Text("Phản ánh của người dân", "Citizen's report"),
    initial="received",
    states=(
        StateSpec("received", Text("Đã tiếp nhận", "Received")),
        StateSpec("acknowledged", Text("Đã có người nhận", "Somebody has it")),
        StateSpec("in_progress", Text("Đang xử lý", "In progress")),
        StateSpec("waiting", Text("Chờ bên khác", "Waiting for others"), "waiting"),
        StateSpec("fixed", Text("Đã khắc phục", "Fixed"), "done"),
        StateSpec("not_fixed", Text("Đóng, chưa khắc phục", "Closed, not fixed"), "unfixed"),
        StateSpec("invalid", Text("Không phải việc phản ánh", "Nothing to act on"), "rejected"),
    ),
    transitions=(
        TransitionSpec("accept", Text("Nhận việc", "Accept"), ("received",), "acknowledged", needs_owner=True),
        TransitionSpec("start", Text("Bắt đầu xử lý", "Start work"), ("received", "acknowledged"), "in_progress", needs_owner=True),
        TransitionSpec(
            "wait", Text("Chuyển sang chờ", "Wait for others"), ("acknowledged", "in_progress"), "waiting", needs_owner=True,
            needs_reason=True,
        ),
        TransitionSpec("resume", Text("Tiếp tục xử lý", "Resume work"), ("waiting",), "in_progress", needs_owner=True),
        TransitionSpec(
            "fix", Text("Báo đã khắc phục", "Report as fixed"), ("acknowledged", "in_progress", "waiting"), "fixed", needs_owner=True,
            needs_reason=True,
        ),
        TransitionSpec(
            "close_unfixed", Text("Đóng, chưa khắc phục được", "Close without fixing"), ("acknowledged", "in_progress", "waiting"),
            "not_fixed", needs_owner=True, needs_reason=True,
        ),
        TransitionSpec(
            "reject", Text("Không phải việc phản ánh", "Nothing to act on"), ("received", "acknowledged", "in_progress", "waiting"),
            "invalid", needs_reason=True,
        ),
        TransitionSpec("reopen", Text("Mở lại", "Reopen"), ("fixed", "not_fixed", "invalid"), "in_progress", needs_reason=True),
    ),
    to_owner=timedelta(hours=4),
    to_close=5 * DAY,
    office_hours=True,
    categories=CATEGORIES,
    fields=FIELDS,
    public=True,
)  # fmt: skip
