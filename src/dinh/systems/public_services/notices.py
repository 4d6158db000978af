"""Kinds of message to applicants."""

from __future__ import annotations

from typing import Final

from dinh.kernel.manifests import NoticeSpec, Text

BY: Final = ("inbox", "email", "sms", "push")
KINDS: Final = (
    NoticeSpec(
        "services.draft",
        Text("Mã mở hồ sơ đang điền", "The code of a dossier that is being filled in"),
        Text("Mã hồ sơ đang điền: {procedure}", "Your draft: {procedure}"),
        Text(
            "Mở tiếp trên thiết bị khác bằng mã {code} hoặc {link}. Hồ sơ được giữ {days} ngày. Ai có mã này đều mở được; "
            "đừng đưa cho người khác.",
            "Go on on another device with the code {code} or {link}. The draft is kept for {days} days. Whoever has the code "
            "can open it; do not pass it on.",
        ),
        ("email", "sms"),
    ),
    NoticeSpec(
        "services.received",
        Text("Hồ sơ đã được tiếp nhận", "A dossier was received"),
        Text("Đã tiếp nhận hồ sơ {number}", "Dossier {number} was received"),
        Text(
            "{procedure}. Hạn trả kết quả: {due}. Theo dõi tại {link}",
            "{procedure}. The result is due: {due}. Follow it at {link}",
        ),
        BY,
    ),
    NoticeSpec(
        "services.returned",
        Text("Hồ sơ cần bổ sung", "A dossier has to be completed"),
        Text("Hồ sơ {number} cần bổ sung {count} điểm", "Dossier {number}: {count} points to complete"),
        Text(
            "{procedure}. Toàn bộ yêu cầu nằm tại {link}; thời hạn tạm dừng cho đến khi bạn bổ sung.",
            "{procedure}. All that is asked stands at {link}; the clock stands still until you have completed it.",
        ),
        BY,
    ),
    NoticeSpec(
        "services.fee",
        Text("Phí, lệ phí phải nộp", "A fee is to be paid"),
        Text("Hồ sơ {number}: nộp {amount} đồng", "Dossier {number}: {amount} đồng to pay"),
        Text("{procedure}. Nộp tại {link}", "{procedure}. Pay at {link}"),
        BY,
    ),
    NoticeSpec(
        "services.paid",
        Text("Đã nhận phí, lệ phí", "A fee was received"),
        Text("Hồ sơ {number}: đã nhận {amount} đồng", "Dossier {number}: {amount} đồng received"),
        Text("{procedure}. Biên lai tại {link}", "{procedure}. The receipt is at {link}"),
        ("inbox", "email"),
    ),
    NoticeSpec(
        "services.result",
        Text("Có kết quả giải quyết", "The result is ready"),
        Text("Hồ sơ {number} đã có kết quả", "Dossier {number}: the result is ready"),
        Text("{procedure}. Tải kết quả tại {link}", "{procedure}. Download it at {link}"),
        BY,
    ),
    NoticeSpec(
        "services.refused",
        Text("Hồ sơ bị từ chối", "A dossier was refused"),
        Text("Hồ sơ {number} không được giải quyết", "Dossier {number} was refused"),
        Text("{procedure}. Lý do: {reason} Xem tại {link}", "{procedure}. The reason: {reason} See {link}"),
        BY,
    ),
)  # fmt: skip
