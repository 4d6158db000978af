"""What the parties hold themselves, and what lies below them: the account, files, background work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import F

from dinh.kernel import clock
from dinh.kernel.specs import Text
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import domain, keys
from dinh.spine.parties.models import ApiKey, GrantRecord
from dinh.spine.parties.personal import Counted, HeldFile, Holder, Outcome, Section, copying, register

BY_LAW: Final = Text(
    "Pháp luật về lưu trữ yêu cầu giữ hồ sơ công việc; chúng đứng tên cơ quan, không còn tên bạn.",
    "The law on archives requires that records of work stay; they stand under the name of the office, no longer yours.",
)
IN_THE_LEDGER: Final = Text(
    "Sổ cái không thể sửa: ở đó chỉ có tên đăng nhập, không có họ tên, thư điện tử hay lời của bạn.",
    "The ledger cannot be changed: it holds the user name, but neither name, e-mail address nor words of yours.",
)
OF_WORK: Final = Text(
    "Tệp bạn gửi trong công việc thuộc về hồ sơ của cơ quan.",
    "Files that you gave in the course of work belong to the office.",
)
PART: Final = 500
LEAVES: Final = Text("Dòng trong sổ cái", "Entries of the ledger")


# --- the account -------------------------------------------------------------------


def export_account(person: str) -> Sequence[Section]:
    user = register.account_of(person)
    if user is None:
        return ()
    roles = domain.roles()
    return (
        Section(
            "account",
            Text("Tài khoản", "Account"),
            {
                "username": Text("Tên đăng nhập", "User name"),
                "name": Text("Họ tên", "Name"),
                "email": Text("Thư điện tử", "E-mail"),
                "organisation": Text("Cơ quan", "Organisation"),
                "place": Text("Địa bàn", "Place"),
                "language": Text("Ngôn ngữ", "Language"),
                "theme": Text("Giao diện", "Appearance"),
                "created_at": Text("Lập lúc", "Created at"),
                "last_signed_in_at": Text("Đăng nhập gần nhất", "Last sign-in"),
            },
            [
                {
                    "username": user.username,
                    "name": user.name,
                    "email": user.email,
                    "organisation": user.organisation.name_vi if user.organisation else "",
                    "place": user.place,
                    "language": user.language,
                    "theme": user.theme,
                    "created_at": user.date_joined,
                    "last_signed_in_at": user.last_login,
                }
            ],
        ),
        Section(
            "roles",
            Text("Vai trò", "Roles"),
            {
                "role": Text("Vai trò", "Role"),
                "place": Text("Tại", "At"),
                "system": Text("Trong hệ thống", "In the system"),
            },
            [
                {
                    "role": roles[record.role].name if record.role in roles else record.role,
                    "place": record.place,
                    "system": record.system,
                }
                for record in GrantRecord.objects.filter(user=user).order_by("role", "place")
            ],
        ),
        Section(
            "keys",
            Text("Khoá API (không có bí mật)", "API keys (without their secrets)"),
            {
                "id": Text("Mã", "Number"),
                "label": Text("Dùng cho", "For"),
                "scopes": Text("Quyền", "Permissions"),
                "created_at": Text("Lập lúc", "Created at"),
                "expires_at": Text("Hết hạn", "Expires at"),
                "revoked_at": Text("Thu hồi lúc", "Revoked at"),
                "last_used_at": Text("Dùng lần cuối", "Last used at"),
            },
            [
                {
                    "id": key.public_id,
                    "label": key.label,
                    "scopes": key.scopes,
                    "created_at": key.created_at,
                    "expires_at": key.expires_at,
                    "revoked_at": key.revoked_at,
                    "last_used_at": key.last_used_at,
                }
                for key in ApiKey.objects.filter(owner=person)
            ],
        ),
        Section(
            "ledger",
            Text("Sổ cái nói gì về tài khoản", "What the ledger says of the account"),
            {
                "index": Text("Số", "Number"),
                "at": Text("Lúc", "At"),
                "kind": Text("Việc", "What"),
                "data": Text("Nội dung", "Content"),
            },
            [
                {"index": entry.index, "at": entry.at, "kind": entry.kind, "data": dict(entry.data)}
                for entry in _leaves(person)
            ],
        ),
    )


def _leaves(person: str) -> Sequence[ledger.Entry]:
    found: list[ledger.Entry] = []
    while part := ledger.entries(subject=person, after=found[-1].index if found else -1, limit=PART):
        found += part
    return found


def outlook_account(person: str) -> Outcome:
    user = register.account_of(person)
    return Outcome(
        gone=(
            Counted(Text("Họ tên, thư điện tử, mật khẩu", "Name, e-mail, password"), 1),
            Counted(Text("Vai trò", "Roles"), GrantRecord.objects.filter(user=user).count()),
            Counted(Text("Khoá API", "API keys"), ApiKey.objects.filter(owner=person).count()),
        ),
        kept=(Counted(LEAVES, len(_leaves(person)), IN_THE_LEDGER),),
    )


def erase_account(person: str, by: str) -> Outcome:
    outcome = outlook_account(person)
    user = register.account_of(person)
    if user is None:
        return Outcome()
    now = clock.now()
    GrantRecord.objects.filter(user=user).delete()
    revoked = list(ApiKey.objects.filter(owner=person, revoked_at=None).values_list("public_id", flat=True))
    ApiKey.objects.filter(public_id__in=revoked).update(revoked_at=now)
    ApiKey.objects.filter(owner=person).update(label=F("public_id"))
    user.name, user.email, user.folded, user.place, user.language, user.theme = "", "", "", "", "", ""
    user.is_active, user.erased_at, user.last_login = False, now, None
    user.set_unusable_password()
    user.save()
    keys.forget()
    copying.erase_all(person, by=by)
    for key in revoked:
        ledger.append("key.revoked", person, {"by": by, "key": key})
    return outcome


# --- files -------------------------------------------------------------------------


def export_files(person: str) -> Sequence[Section]:
    columns = {
        "name": Text("Tên", "Name"),
        "about": Text("Thuộc về", "Attached to"),
        "size": Text("Số byte", "Bytes"),
        "created_at": Text("Gửi lúc", "Given at"),
    }
    own = register.personal_files(person)

    def rows(found: Sequence[files.FileRow]) -> Sequence[Mapping[str, Any]]:
        return [
            {"name": file.name, "about": file.about, "size": file.size, "created_at": file.created_at} for file in found
        ]

    return (
        Section(
            "files",
            Text("Tệp của bạn", "Your files"),
            columns,
            rows(own),
            [HeldFile(file.name, files.read(file.urn)) for file in own if file.state == "kept"],
        ),
        Section(
            "work",
            Text("Tệp bạn gửi trong công việc (chỉ liệt kê)", "Files given in the course of work (listed only)"),
            columns,
            rows(register.files_of_work(person)),
        ),
    )


def outlook_files(person: str) -> Outcome:
    return Outcome(
        gone=(Counted(Text("Tệp của bạn", "Your files"), len(register.personal_files(person))),),
        kept=(
            Counted(
                Text("Tệp bạn gửi trong công việc", "Files given in the course of work"),
                len(register.files_of_work(person)),
                OF_WORK,
            ),
        ),
    )


def erase_files(person: str, by: str) -> Outcome:
    outcome = outlook_files(person)
    for file in register.personal_files(person):
        files.erase(file.urn, by=by, reason="the person's data is erased")
    return outcome


# --- background work ---------------------------------------------------------------


def export_work(person: str) -> Sequence[Section]:
    return (
        Section(
            "work",
            Text("Việc nền bạn đã cho chạy", "Background work that you started"),
            {
                "title": Text("Việc", "What"),
                "state": Text("Trạng thái", "State"),
                "created_at": Text("Bắt đầu", "Started at"),
                "ended_at": Text("Kết thúc", "Ended at"),
                "params": Text("Yêu cầu", "Asked for"),
            },
            [
                {
                    "title": task.title,
                    "state": task.state,
                    "created_at": task.created_at,
                    "ended_at": task.ended_at,
                    "params": dict(task.params),
                }
                for task in jobs.tasks(by=person, limit=10_000)
            ],
        ),
    )


def outlook_work(person: str) -> Outcome:
    counted = sum(jobs.task_counts(by=person).values())
    return Outcome(gone=(Counted(Text("Lời trong việc nền đã xong", "Words of background work that ended"), counted),))


def erase_work(person: str, by: str) -> Outcome:
    return Outcome(
        gone=(
            Counted(
                Text("Lời trong việc nền đã xong", "Words of background work that ended"), jobs.erase_words(person)
            ),
        )
    )


HOLDERS: Final = (
    Holder(register.LAST, Text("Tài khoản", "Account"), export_account, outlook_account, erase_account),
    Holder("files", Text("Tệp", "Files"), export_files, outlook_files, erase_files),
    Holder("jobs", Text("Việc nền", "Background work"), export_work, outlook_work, erase_work),
)
