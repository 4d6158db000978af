"""The manifest: news of the administration and the media by commune, and warnings in and out."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dinh.kernel.manifests import (
    Command,
    DataSet,
    Listener,
    MenuItem,
    NoticeSpec,
    Panel,
    Periodic,
    PermissionSpec,
    System,
    Text,
)

NAME: Final = Text("Tin tức", "News")
URGENT: Final = Text("Cảnh báo khẩn", "Urgent warnings")
MANAGE: Final = "local_news.manage"

SYSTEM: Final = System(
    slug="local_news",
    name=NAME,
    summary=Text(
        "Tin và cảnh báo của chính quyền, báo chí theo xã, phường; thông báo khẩn ở trên cùng",
        "News and warnings of the administration and the media by commune; urgent notices on top",
    ),
    mount="news",
    urls="dinh.systems.local_news.web.urls",
    first_to_go=("/news/feed*",),
    next_to_go=("/news/",),
    menu=(MenuItem(NAME, "/news/", order=65),),
    panels=(
        Panel("citizen.top", URGENT, "/news/panel/", order=10),
        Panel("citizen.brief", URGENT, "/news/panel/?brief=1", order=10),
    ),
    links={"warning": "/news/alerts/{id}/", "feed": "/news/desk/feeds/{id}/"},
    permissions=(
        PermissionSpec(
            MANAGE,
            Text("Quản lý nguồn tin, cảnh báo nhận về", "Manage news feeds and warnings that come in"),
            ("operator", "official", "leader", "administrator"),
        ),
    ),
    notices=(
        NoticeSpec(
            "local_news.feed_silent",
            Text("Nguồn tin im lặng hoặc hỏng", "A news feed is silent or broken"),
            Text("Nguồn tin «{feed}» cần xem lại", "The feed “{feed}” needs a look"),
            Text(
                "Nguồn tin «{feed}» từ {since} {why}. Mở trang của nguồn để xem lỗi và cách khắc phục.",
                "The feed “{feed}” {why} since {since}. Open its page for the fault and what to do.",
            ),
            channels=("inbox", "email"),
        ),
    ),
    listeners=(
        Listener("publication.published", "local_news.published", "dinh.systems.local_news.tasks:published"),
        Listener("publication.withdrawn", "local_news.withdrawn", "dinh.systems.local_news.tasks:withdrawn"),
    ),
    periodic=(
        Periodic("local_news.read", timedelta(minutes=1), "dinh.systems.local_news.tasks:read_feeds"),
        Periodic("local_news.tidy", timedelta(hours=1), "dinh.systems.local_news.tasks:tidy"),
    ),
    checks=("dinh.systems.local_news.tasks:findings",),
    commands=(
        Command(
            under="import",
            name="cap",
            run="dinh.systems.local_news.commands.import_cap:run",
            help="take in warnings from files of the Common Alerting Protocol",
        ),
    ),
    data_sets=(
        DataSet(
            "warnings",
            Text("Cảnh báo của chính quyền (CAP 1.2)", "Warnings of the administration (CAP 1.2)"),
            "/news/cap/",
            "CC-BY-4.0",
        ),
    ),
)
