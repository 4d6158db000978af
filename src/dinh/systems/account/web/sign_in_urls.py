"""Addresses of sign-in under the names that django-allauth looks up itself.

Left out on purpose: sign-up, e-mail addresses, password reset by e-mail, sign-in by e-mailed code.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from dinh.systems.account.web.sign_in import keep_one_factor, not_in_demo, sign_in, with_password

urlpatterns = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-out/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", base.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/key/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password/", not_in_demo(with_password(account.password_change)), name="account_change_password"),
    path("second-factor/", base.index, name="mfa_index"),
    path("second-factor/check/", base.authenticate, name="mfa_authenticate"),
    path("second-factor/app/", not_in_demo(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/remove/", not_in_demo(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/codes/", not_in_demo(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", not_in_demo(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("second-factor/keys/", base.index, name="mfa_list_webauthn"),
    path("second-factor/keys/add/", not_in_demo(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("second-factor/keys/<int:pk>/", not_in_demo(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "second-factor/keys/<int:pk>/remove/",
        not_in_demo(keep_one_factor(webauthn.remove_webauthn)),
        name="mfa_remove_webauthn",
    ),
]
