"""The manifest of the citizen app."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel.manifests import Command, DataSet, MapLayer, MenuItem, Panel, Periodic, System, Text
from dinh.systems.citizen_app.indicators import INDICATORS
from dinh.systems.citizen_app.report_type import CITIZEN_REPORT

SYSTEM = System(
    slug="citizen_app",
    name=Text("Ứng dụng người dân", "Citizen app"),
    summary=Text(
        "Phản ánh việc chưa ổn, theo dõi, xác nhận hoặc mở lại; không cần tài khoản, dùng được khi mất mạng.",
        "Report what is wrong, follow it, confirm or reopen it; without an account, also without a network.",
    ),
    mount="app",
    urls="dinh.systems.citizen_app.web.urls",
    asgi="dinh.systems.citizen_app.web.intake:application",
    asgi_paths=("/app/report/send",),
    intake_paths=("/app/report/",),
    first_to_go=("/app/reports/points.geojson", "/app/photos/*", "/app/reports/feed*", "/app/sitemap.xml"),
    next_to_go=("/app/reports/", "/app/figures*"),
    secret_paths=("/app/r/", "/app/subscriptions/"),
    menu=(MenuItem(Text("Phản ánh", "Report"), "/app/", order=12),),
    case_types=(CITIZEN_REPORT,),
    indicators=INDICATORS,
    periodic=(Periodic("figures", timedelta(hours=1), "dinh.systems.citizen_app.tasks:record_figures"),),
    panels=(
        Panel("work.case", Text("Phản ánh", "The report"), "/app/desk/case/{id}/", order=10, permission="cases.view"),
    ),
    layers=(
        MapLayer(
            "reports",
            Text("Phản ánh của người dân", "Reports of the public"),
            "/app/reports/points.geojson",
            "point",
            order=50,
        ),
    ),
    data_sets=(
        DataSet(
            "reports", Text("Phản ánh của người dân", "Reports of the public"), "/app/reports/feed.geojson", "CC-BY-4.0"
        ),
    ),
    commands=(
        Command(
            under="reports",
            name="texts",
            run="dinh.systems.citizen_app.commands:texts",
            help="texts to begin from when offices answer reports, for every office",
        ),
        Command(
            under="reports",
            name="examples",
            run="dinh.systems.citizen_app.commands:examples",
            help="simulated reports with histories, for a demonstration; never beside real ones",
        ),
    ),
    links={
        "request": "/app/reports/{id}/",
        "follow": "/app/r/{id}/",
        "subscription": "/app/subscriptions/{id}/",
        "unsubscribe": "/app/subscriptions/{id}/stop/",
    },
)
