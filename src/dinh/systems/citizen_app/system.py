"""The manifest of the citizen app."""

from __future__ import annotations

from dinh.kernel.manifests import System, Text
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
    case_types=(CITIZEN_REPORT,),
    links={
        "request": "/app/reports/{id}/",
        "follow": "/app/r/{id}/",
        "subscription": "/app/subscriptions/{id}/",
        "unsubscribe": "/app/subscriptions/{id}/stop/",
    },
)
