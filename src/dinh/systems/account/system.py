"""What the account system declares."""

from __future__ import annotations

from dinh.kernel.manifests import Listener, NoticeSpec, System, Text

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
    listeners=(
        Listener("person.copy_ready", "account.copy_ready", "dinh.systems.account.tasks:copy_ready"),
        Listener("person.erasure_asked", "account.erasure_asked", "dinh.systems.account.tasks:erasure_asked"),
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
)
