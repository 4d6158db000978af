"""The manifest: the bell beside the person's name, and the pages behind it."""

from __future__ import annotations

from dinh.kernel.manifests import Panel, System, Text

SYSTEM = System(
    slug="inbox",
    name=Text("Thông báo", "Notices"),
    summary=Text(
        "Hộp thông báo của mỗi người, nhận gì qua kênh nào, và những tin không gửi được",
        "Everyone’s notices, what each person gets by which channel, and what could not be sent",
    ),
    urls="dinh.systems.inbox.web.urls",
    mount="notices",
    panels=(Panel(slot="house.bell", title=Text("Thông báo", "Notices"), path="/notices/fragments/bell/", order=10),),
    links={"notices": "/notices/{id}"},
    checks=("dinh.spine.notices.api:findings",),
)
