"""Texts to begin from when an office answers a report: plain words, to be kept as they are or written anew by each office.

`{number}`, `{title}`, `{place}`, `{due}` stand for the case's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dinh.spine.cases import api as cases
from dinh.spine.parties.api import Actor
from dinh.systems.citizen_app.report_type import CITIZEN_REPORT


@dataclass(frozen=True, slots=True)
class Draft:
    use: str
    title: str
    vi: str
    en: str


TEXTS: Final = (
    Draft(
        "answer", "Đã nhận, đã cử người đến xem",
        "Chúng tôi đã nhận phản ánh và đã cử người đến xem. Kết quả sẽ được báo lại trước {due}.",
        "We have your report and have sent somebody to look. You hear of the result before {due}.",
    ),
    Draft(
        "answer", "Đang chờ vật tư",
        "Chỗ này đã được kiểm tra. Đơn vị đang chờ vật tư và sẽ làm ngay khi có; hạn xử lý là {due}.",
        "The place was looked at. We wait for material and begin once it is there; it is due {due}.",
    ),
    Draft(
        "answer", "Đã chuyển cơ quan khác",
        "Việc này thuộc trách nhiệm của cơ quan khác. Chúng tôi đã chuyển, bà con không cần gửi lại; cơ quan đó sẽ trả lời.",
        "This belongs to another office. We handed it on; you need not send it again, that office will answer.",
    ),
    Draft(
        "ask", "Hỏi thêm về vị trí",
        "Xin cho biết chỗ này gần số nhà nào hoặc mốc nào dễ nhận, để tổ kỹ thuật tìm được.",
        "Please tell us a house number or a landmark nearby, so that our people find the place.",
    ),
    Draft(
        "ask", "Xin thêm một ảnh",
        "Xin mô tả thêm, hoặc gửi một ảnh chụp gần và một ảnh chụp toàn cảnh, để chuẩn bị đúng vật tư.",
        "Please describe it more closely, or send one photo from near and one from afar, so that we bring the right material.",
    ),
    Draft(
        "ask", "Việc còn xảy ra không",
        "Chúng tôi đến nhưng không gặp sự việc. Việc này còn xảy ra không, thường vào lúc nào?",
        "We came and did not find it. Does it still happen, and usually at what time?",
    ),
    Draft(
        "close", "Đã khắc phục",
        "Đã xử lý xong tại chỗ và kiểm tra lại. Nếu vẫn chưa ổn, xin bấm «Chưa khắc phục» trong trang theo dõi. Cảm ơn bà con đã báo.",
        "It was repaired on the spot and checked. If it is still not right, press “not fixed” on your page. Thank you for telling us.",
    ),
    Draft(
        "close", "Đóng, chưa khắc phục: chờ dự án",
        "Chưa sửa được bây giờ vì nằm trong công trình sẽ làm vào [thời gian]. Đã đặt cảnh báo tạm. Chúng tôi ghi rõ là chưa khắc phục.",
        "It cannot be repaired now because it is part of works planned for [time]. A warning is in place. We record it as not fixed.",
    ),
    Draft(
        "close", "Đóng, chưa khắc phục: chưa có kinh phí",
        "Năm nay chưa có kinh phí cho việc này; đã đưa vào đề nghị của năm sau. Chúng tôi ghi rõ là chưa khắc phục.",
        "There is no money for it this year; it is in next year's proposal. We record it as not fixed.",
    ),
    Draft(
        "close", "Không thấy sự việc",
        "Đã kiểm tra ngày [ngày] và không còn thấy sự việc. Nếu lặp lại, xin báo kèm thời gian; phản ánh này có thể mở lại.",
        "We looked on [day] and did not find it any more. If it comes back, tell us the time; this report can be opened again.",
    ),
    Draft(
        "comment", "Ghi chú: đã gọi cho người phản ánh",
        "Đã gọi cho người phản ánh lúc [giờ]; nội dung: ",
        "Called the reporter at [time]; what was said: ",
    ),
)  # fmt: skip


def keep(by: Actor) -> int:
    """Those that are not there yet, for every office; what somebody wrote anew under the same title stays. How many came."""
    there = {(row.use, row.title) for row in cases.templates(organisation=None, type=CITIZEN_REPORT.code)}
    fresh = [draft for draft in TEXTS if (draft.use, draft.title) not in there]
    for draft in fresh:
        cases.save_template(
            organisation="", type=CITIZEN_REPORT.code, use=draft.use, title=draft.title, text_vi=draft.vi, text_en=draft.en,
            by=by,
        )  # fmt: skip
    return len(fresh)
