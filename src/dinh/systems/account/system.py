"""What the account system declares; and the counts of security events, on which rules watch as on any source."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel.manifests import (
    Aggregation,
    Direction,
    IndicatorSpec,
    Kind,
    Listener,
    NoticeSpec,
    Periodic,
    RuleSpec,
    Severity,
    System,
    Text,
)
from dinh.spine.parties.api import security
from dinh.systems.account.domain import SLOT, SOURCE, code_of

CYBERSECURITY = Text("An toàn thông tin mạng", "Cybersecurity")
USUAL = frozenset({"session_begun", "personal_read"})
"""Neither good nor bad: they are counted so that a change can be seen."""


def _count(kind: str, name: Text) -> IndicatorSpec:
    return IndicatorSpec(
        code=code_of(kind),
        name=name,
        domain=CYBERSECURITY,
        unit="1",
        kind=Kind.GAUGE,
        direction=Direction.NEITHER if kind in USUAL else Direction.LOWER,
        over_time=Aggregation.SUM,
        over_place=Aggregation.NONE,
        period=SLOT,
        decimals=0,
        valid_min=0.0,
        owner="urn:dinh:organisation:dinh",
        source=SOURCE,
    )


def _burst(kind: str, above: float, severity: Severity, vi: str, en: str, case_type: str | None = None) -> RuleSpec:
    """More than so many in five minutes; over again once the count has halved."""
    return RuleSpec(
        code=f"{code_of(kind)}.burst",
        indicator=code_of(kind),
        name=Text(vi, en),
        severity=severity,
        above=above,
        clear_at=above / 2,
        case_type=case_type,
    )


SYSTEM = System(
    slug="account",
    name=Text("Tài khoản", "Account"),
    summary=Text(
        "Đăng nhập bằng mật khẩu và mã một lần hoặc khoá truy cập; hồ sơ, khoá API; quản trị người và đơn vị.",
        "Sign-in by password and one-time code or by passkey; profile, API keys; people and organisations.",
    ),
    urls="dinh.systems.account.web.urls",
    plain_urls="dinh.systems.account.web.sign_in_urls",
    mount="account",
    secret_paths=("/account/invitation/",),
    checks=("dinh.systems.account.checks:findings",),
    listeners=(
        Listener("person.copy_ready", "account.copy_ready", "dinh.systems.account.telling:copy_ready"),
        Listener("person.erasure_asked", "account.erasure_asked", "dinh.systems.account.telling:erasure_asked"),
    ),
    notices=(
        NoticeSpec(
            "personal.ready",
            Text("Bản sao dữ liệu của tôi", "A copy of my data"),
            Text("Bản sao dữ liệu của bạn đã sẵn sàng", "The copy of your data is ready"),
            Text(
                "Mở trang Tài khoản, thẻ «Dữ liệu của tôi» để tải về. Bản sao được giữ 7 ngày rồi xoá.",
                "Open My data in your account to download it. It is kept for 7 days and then erased.",
            ),
            ("inbox", "email"),
        ),
        NoticeSpec(
            "personal.erasure",
            Text("Yêu cầu xoá dữ liệu của tôi", "A request to erase my data"),
            Text("Dữ liệu của bạn sẽ bị xoá", "Your data will be erased"),
            Text(
                "Có yêu cầu xoá dữ liệu và đóng tài khoản của bạn; việc xoá bắt đầu sau {due}. Nếu không phải bạn yêu cầu, "
                "hãy rút lại ở trang Tài khoản, thẻ «Dữ liệu của tôi», và đổi mật khẩu.",
                "Your data will be erased and your account closed after {due}, as was asked. If it was not you, withdraw it "
                "under My data in your account and change the password.",
            ),
            ("inbox", "email", "push"),
        ),
    ),
    links={"person": "/account/people/{id}/", "organisation": "/account/organisations/{id}/"},
    indicators=[_count(kind, name) for kind, name in security.KINDS.items()],
    rules=[
        _burst(
            "sign_in_failed", 20.0, Severity.MAJOR,
            "Nhiều lần đăng nhập không thành công", "Many failed sign-ins", "incident",
        ),
        _burst("locked_out", 10.0, Severity.MAJOR, "Nhiều lần tạm khoá đăng nhập", "Many lock-outs", "incident"),
        _burst(
            "factor_refused", 10.0, Severity.MAJOR,
            "Nhiều lần sai xác thực bước hai", "Many refused second factors", "incident",
        ),
        _burst("key_refused", 60.0, Severity.MINOR, "Nhiều lần dùng khoá API sai", "Many refused keys"),
        _burst("permission_refused", 100.0, Severity.MINOR, "Nhiều lần bị từ chối quyền", "Many refused permissions"),
        _burst("rate_limited", 300.0, Severity.MINOR, "Nhiều yêu cầu vượt tần suất", "Many rate-limited requests"),
        _burst("forged", 30.0, Severity.MINOR, "Nhiều yêu cầu thiếu mã chống giả mạo", "Many forged requests"),
    ],
    periodic=[
        Periodic("security.report", SLOT, "dinh.systems.account.tasks:report"),
        Periodic("security.forget", timedelta(days=1), "dinh.systems.account.tasks:forget"),
    ],
)  # fmt: skip
