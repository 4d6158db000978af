"""What sign-in holds of a person: sessions, second factors, addresses of allauth; their secrets are never given out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from dinh.kernel.manifests import Text
from dinh.spine.parties.api import PERSON, personal
from dinh.systems.account import queries
from dinh.systems.account.models import Contact

SESSIONS: Final = Text("Nơi đang đăng nhập", "Where you are signed in")
FACTORS: Final = Text("Lớp xác thực thứ hai", "Second factors")
WAYS: Final = Text("Địa chỉ và VNeID dùng để đăng nhập", "Addresses and VNeID to sign in by")


def _username(person: str) -> str:
    return person.removeprefix(PERSON)


def export(person: str) -> Sequence[personal.Section]:
    username = _username(person)
    return (
        personal.Section(
            "sessions",
            SESSIONS,
            {
                "address": Text("Địa chỉ mạng", "Network address"),
                "browser": Text("Trình duyệt", "Browser"),
                "created_at": Text("Đăng nhập lúc", "Signed in at"),
            },
            [
                {"address": row.ip, "browser": row.user_agent, "created_at": row.created_at}
                for row in UserSession.objects.filter(user__username=username).order_by("created_at")
            ],
        ),
        personal.Section(
            "factors",
            FACTORS,
            {
                "type": Text("Loại", "Kind"),
                "name": Text("Tên", "Name"),
                "created_at": Text("Thêm lúc", "Added at"),
                "last_used_at": Text("Dùng lần cuối", "Last used at"),
            },
            [
                {
                    "type": row.type,
                    "name": row.name,
                    "created_at": row.created_at,
                    "last_used_at": row.last_used_at,
                }
                for row in queries.factors(username)
            ],
        ),
        personal.Section(
            "ways",
            WAYS,
            {
                "kind": Text("Loại", "Kind"),
                "shown": Text("Địa chỉ (che bớt, chỉ lưu như vậy)", "Address (kept with most of it hidden)"),
                "added_at": Text("Thêm lúc", "Added at"),
            },
            [
                {"kind": row.kind, "shown": row.shown, "added_at": row.added_at}
                for row in Contact.objects.filter(user__username=username)
            ]
            + [
                {"kind": row.provider, "shown": "", "added_at": row.date_joined}
                for row in SocialAccount.objects.filter(user__username=username)
            ],
        ),
    )


def outlook(person: str) -> personal.Outcome:
    username = _username(person)
    return personal.Outcome(
        gone=(
            personal.Counted(SESSIONS, UserSession.objects.filter(user__username=username).count()),
            personal.Counted(FACTORS, Authenticator.objects.filter(user__username=username).count()),
            personal.Counted(
                WAYS,
                Contact.objects.filter(user__username=username).count()
                + SocialAccount.objects.filter(user__username=username).count(),
            ),
        )
    )


def erase(person: str, by: str) -> personal.Outcome:
    outcome = outlook(person)
    username = _username(person)
    rows = UserSession.objects.filter(user__username=username)
    Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    rows.delete()
    Authenticator.objects.filter(user__username=username).delete()
    Contact.objects.filter(user__username=username).delete()
    SocialAccount.objects.filter(user__username=username).delete()
    EmailAddress.objects.filter(user__in=get_user_model().objects.filter(username=username)).delete()
    return outcome


HOLDER: Final = personal.Holder("sign_in", Text("Đăng nhập", "Sign-in"), export, outlook, erase)
