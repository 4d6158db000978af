"""The manifest: the public pages of publications, the editors' desk, and the daily brief."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel.manifests import Command, MenuItem, Periodic, System, Text

SYSTEM = System(
    slug="publishing",
    name=Text("Công bố", "Publications"),
    summary=Text(
        "Điều đã công bố, từng phiên bản kiểm chứng được; bản tin hằng ngày",
        "What is published, each version provable; the daily brief",
    ),
    urls="dinh.systems.publishing.web.urls",
    mount="publications",
    menu=(MenuItem(Text("Công bố", "Publications"), "/publications/", order=70),),
    links={"publication": "/publications/{id}/"},
    commands=(
        Command(
            "brief",
            "dinh.systems.publishing.commands:brief",
            "write the daily brief of a day to a PDF file",
        ),
    ),
    periodic=(Periodic("publishing.daily_brief", timedelta(minutes=5), "dinh.systems.publishing.tasks:daily_brief"),),
)
