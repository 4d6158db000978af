"""The manifest of reporting."""

from __future__ import annotations

from dinh.kernel.manifests import MenuItem, NoticeSpec, System, Text

NAME = Text("Báo cáo chỉ tiêu", "Indicator reporting")

SYSTEM = System(
    slug="reporting",
    name=NAME,
    summary=Text(
        "Số liệu do cán bộ chịu trách nhiệm báo cáo, người thứ hai duyệt; chỉ tiêu, kế hoạch và công thức",
        "Figures that officials answer for and a second person approves; targets, plans and formulas",
    ),
    urls="dinh.systems.reporting.web.urls",
    links={"lineage": "/reporting/lineage/?code={id}"},
    menu=[MenuItem(Text("Báo cáo", "Reporting"), "/reporting/", order=50, permission="observations.read")],
    notices=[
        NoticeSpec(
            "reporting.due",
            Text("Sắp đến hạn báo cáo", "A return is due soon"),
            Text("Sắp đến hạn: {form}", "Due soon: {form}"),
            Text("Báo cáo «{form}» kỳ {period} sắp đến hạn.", "The return “{form}” for {period} is due soon."),
            channels=("inbox", "email"),
        ),
        NoticeSpec(
            "reporting.late",
            Text("Báo cáo quá hạn", "A return is late"),
            Text("Quá hạn: {form}", "Late: {form}"),
            Text("Báo cáo «{form}» kỳ {period} đã quá hạn.", "The return “{form}” for {period} is late."),
            channels=("inbox", "email"),
        ),
        NoticeSpec(
            "reporting.returned",
            Text("Báo cáo bị trả lại", "A return was sent back"),
            Text("Trả lại: {form}", "Sent back: {form}"),
            Text(
                "Báo cáo «{form}» kỳ {period} được trả lại: {remarks}",
                "The return “{form}” for {period} was sent back: {remarks}",
            ),
            channels=("inbox", "email"),
        ),
    ],
)
