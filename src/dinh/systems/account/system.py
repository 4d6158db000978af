"""What the account system declares."""

from __future__ import annotations

from dinh.kernel.manifests import System, Text

SYSTEM = System(
    slug="account",
    name=Text("Tài khoản", "Account"),
    summary=Text(
        "Đăng nhập bằng mật khẩu và mã một lần hoặc khóa truy cập; hồ sơ, khóa API; quản trị người và đơn vị.",
        "Sign-in by password and one-time code or by passkey; profile, API keys; people and organisations.",
    ),
    urls="dinh.systems.account.web.urls",
    plain_urls="dinh.systems.account.web.sign_in_urls",
    mount="account",
    links={"person": "/account/people/{id}/", "organisation": "/account/organisations/{id}/"},
)
