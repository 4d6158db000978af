"""Feeds of the demonstration, made here instead of fetched: invented news that grows older as real news does, and one
exercise of a warning. Nobody can register such a feed but the demonstration itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final
from xml.sax.saxutils import escape

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.systems.local_news.domain.cap import Area, Info, Message, Pair
from dinh.systems.local_news.exports import cap_writing

PAPER: Final = "https://bao.example.vn/soc-trang.rss"
OFFICE: Final = "https://so-nong-nghiep.example.vn/tin.atom"
WARNINGS: Final = "https://khi-tuong.example.vn/canh-bao.cap"

_PAPER: Final = (
    ("Trần Đề: tàu cá vào bờ tránh gió lớn", "Hơn sáu mươi tàu đã về cảng từ sáng nay. Ban quản lý cảng bố trí thêm chỗ neo đậu."),
    ("Vĩnh Châu được mùa hành tím, giá tăng nhẹ", "Thương lái thu mua tại ruộng; nông dân phường Khánh Hòa phấn khởi vì năng suất cao hơn vụ trước."),
    ("Nước sạch về ấp xa ở Cù Lao Dung", "Tuyến ống mới dài bốn ki-lô-mét đưa nước đến hơn ba trăm hộ."),
    ("Học sinh Mỹ Tú thi sáng tạo trẻ", "Ba mươi hai sản phẩm dự thi, nhiều ý tưởng tiết kiệm nước ngọt trong mùa khô."),
    ("Sửa cầu trên đường về xã Đại Hải, xe tải đi vòng", "Việc sửa chữa kéo dài ba tuần. Xe máy và xe con vẫn qua được."),
    ("Sóc Trăng đón khách dự lễ hội Ok Om Bok", "Giải đua ghe ngo có năm mươi đội; các phường bố trí bãi giữ xe và điểm sơ cứu."),
    ("Ngã Năm khôi phục chợ nổi vào sáng sớm", "Ghe hàng được sắp chỗ theo tuyến để khách đi lại an toàn."),
    ("Hỏi đáp: làm giấy tờ ở xã Long Phú sau sắp xếp", "Người dân mang theo giấy tờ cũ, không phải đổi nếu còn hạn."),
)  # fmt: skip
_OFFICE: Final = (
    ("Lịch lấy nước ngọt tuần này cho Long Phú, Trần Đề", "Mở cống khi độ mặn dưới 1 g/l; lịch có thể đổi theo số đo tại trạm."),
    ("Khuyến cáo tôm nuôi ở Vĩnh Hải, Lai Hòa khi nước mặn tăng nhanh", "Theo dõi độ mặn ao hai lần mỗi ngày, thay nước từng phần."),
    ("Phòng bệnh đạo ôn trên lúa ở Kế Sách, Mỹ Xuyên", "Thăm đồng sáng sớm, giữ mực nước ruộng, không bón thừa đạm."),
    ("Kết quả quan trắc nước tại các cống đầu mối", "Bảng số liệu hằng ngày của các cống trên địa bàn."),
)  # fmt: skip


def content(address: str) -> bytes:
    """Raises NotFound for an address that the demonstration does not know."""
    made: Mapping[str, Callable[[datetime], bytes]] = {PAPER: _rss, OFFICE: _atom, WARNINGS: _warning}
    if address not in made:
        raise NotFound("local_news.no_example", "the demonstration has no feed at {address}", address=address)
    return made[address](clock.now())


def _rss(now: datetime) -> bytes:
    items = []
    for number, at in enumerate(_moments(now, timedelta(hours=4), len(_PAPER))):
        title, summary = _PAPER[_turn(at, 4) % len(_PAPER)]
        link = f"https://bao.example.vn/tin/{at:%Y%m%d%H}"
        items.append(
            f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(at + timedelta(minutes=number % 7))}</pubDate>"
            f"<description>{escape(f'<p>{summary}</p>')}</description></item>"
        )
    head = "<title>Báo Sóc Trăng (mô phỏng)</title><link>https://bao.example.vn/</link><description>-</description>"
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def _atom(now: datetime) -> bytes:
    entries = []
    for at in _moments(now, timedelta(hours=8), len(_OFFICE)):
        title, summary = _OFFICE[_turn(at, 8) % len(_OFFICE)]
        link = f"https://so-nong-nghiep.example.vn/tin/{at:%Y%m%d%H}"
        entries.append(
            f'<entry><title>{escape(title)}</title><link href="{link}"/><id>{link}</id>'
            f"<updated>{at.isoformat()}</updated><summary>{escape(summary)}</summary></entry>"
        )
    head = "<title>Tin nông nghiệp (mô phỏng)</title><id>urn:example:tin-nong-nghiep</id>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}<updated>{now.isoformat()}</updated>{"".join(entries)}</feed>'.encode()


def _warning(now: datetime) -> bytes:
    """An exercise that is told anew every twelve hours and lasts a little longer, so that there always is one."""
    sent = next(_moments(now, timedelta(hours=12), 1)).replace(minute=0)
    communes = (
        ("xã Trần Đề", "Tran De Commune"),
        ("phường Vĩnh Châu", "Vinh Chau Ward"),
        ("xã Vĩnh Hải", "Vinh Hai Commune"),
    )
    words = {
        "vi-VN": (
            "Xâm nhập mặn", "Diễn tập: nước mặn vượt 4 g/l ở cửa sông",
            "Đây là tin diễn tập. Độ mặn tại các trạm cửa sông dự kiến vượt 4 g/l trong 12 giờ tới.",
            "Không lấy nước sông để tưới và sinh hoạt. Trữ nước ngọt, theo dõi số đo của trạm gần nhất.",
        ),
        "en-US": (
            "Salt water intrusion", "Exercise: salinity above 4 g/l at the river mouths",
            "This is an exercise. Salinity at the stations of the river mouths is expected above 4 g/l within 12 hours.",
            "Do not take river water for irrigation or the household. Store fresh water, watch the nearest station.",
        ),
    }  # fmt: skip
    infos = tuple(
        Info(
            categories=("Env",),
            event=event,
            urgency="Expected",
            severity="Severe",
            certainty="Likely",
            language=language,
            responses=("Prepare",),
            effective=sent,
            onset=sent + timedelta(hours=2),
            expires=sent + timedelta(hours=14),
            sender_name="Đài khí tượng (mô phỏng)" if language == "vi-VN" else "Weather office (simulated)",
            headline=headline,
            description=description,
            instruction=instruction,
            areas=tuple(
                Area(vi if language == "vi-VN" else en, geocodes=(Pair("VN-GSO", code),))
                for (vi, en), code in zip(communes, ("31673", "31783", "31795"), strict=True)
            ),
        )
        for language, (event, headline, description, instruction) in words.items()
    )
    return cap_writing.write(
        Message(
            identifier=f"dien-tap-{sent:%Y%m%d%H}",
            sender="khi-tuong@example.vn",
            sent=sent,
            status="Exercise",
            kind="Alert",
            scope="Public",
            note="Exercise of the demonstration",
            infos=infos,
        )
    )


def _moments(now: datetime, every: timedelta, count: int) -> Iterator[datetime]:
    """The last moments of a grid in Vietnam's time, newest first."""
    local = now.astimezone(clock.VIETNAM)
    hours = int(every.total_seconds() // 3600)
    first = local.replace(hour=local.hour - local.hour % hours, minute=12, second=0, microsecond=0)
    first -= every if first > local else timedelta(0)
    return (first - n * every for n in range(count))


def _turn(at: datetime, hours: int) -> int:
    return int(at.timestamp()) // 3600 // hours
