"""What the parties hold of who a person is: the identity, and to whom it may be told; for a copy and for erasing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dinh.kernel.specs import Text
from dinh.spine.parties.models import Consent, Identity
from dinh.spine.parties.personal import Counted, Holder, Outcome, Section, consents, identity

IDENTITY: Final = Text("Danh tính đã xác thực", "Verified identity")
CONSENTS: Final = Text("Đồng ý cung cấp danh tính", "Consents to tell the identity")
GIVEN: Final = Text(
    "Cơ quan đã nhận dữ liệu theo sự đồng ý của bạn giữ chúng trong hồ sơ của mình; hãy đề nghị nơi đó nếu muốn xoá.",
    "Whoever received data by your consent keeps it in their own records; ask there to have it erased.",
)


def export(person: str) -> Sequence[Section]:
    row = identity.stored(person)
    return (
        Section(
            "identity",
            IDENTITY,
            {
                "name": Text("Họ và tên", "Name"),
                "born_on": Text("Ngày sinh", "Date of birth"),
                "sex": Text("Giới tính", "Sex"),
                "citizen_id": Text("Số định danh cá nhân", "Personal identification number"),
                "address": Text("Địa chỉ", "Address"),
                "phone": Text("Số điện thoại", "Phone number"),
                "level": Text("Mức độ định danh", "Level of identity"),
                "source": Text("Nguồn", "Source"),
                "verified_at": Text("Nhận lúc", "Received at"),
            },
            [
                {
                    "name": row.name,
                    "born_on": row.born_on,
                    "sex": row.sex,
                    "citizen_id": row.citizen_id,
                    "address": row.address,
                    "phone": row.phone,
                    "level": row.level,
                    "source": row.source,
                    "verified_at": row.verified_at,
                }
            ]
            if row
            else [],
        ),
        Section(
            "consents",
            CONSENTS,
            {
                "to": Text("Cho", "To"),
                "words": Text("Để", "For"),
                "fields": Text("Dữ liệu", "Data"),
                "given_at": Text("Đồng ý lúc", "Given at"),
                "until": Text("Đến", "Until"),
                "state": Text("Trạng thái", "State"),
                "used": Text("Số lần dùng", "Times used"),
            },
            [
                {
                    "to": one.to_name,
                    "words": one.words,
                    "fields": list(one.fields),
                    "given_at": one.given_at,
                    "until": one.until,
                    "state": one.state,
                    "used": one.used,
                }
                for one in consents.all_of(person)
            ],
        ),
    )


def outlook(person: str) -> Outcome:
    known = Consent.objects.filter(person=person)
    return Outcome(
        gone=(
            Counted(IDENTITY, Identity.objects.filter(person=person).count()),
            Counted(CONSENTS, known.count()),
        ),
        kept=(
            Counted(
                Text("Dữ liệu đã cung cấp theo sự đồng ý", "Data told by consent"),
                known.filter(used__gt=0).count(),
                GIVEN,
            ),
        ),
    )


def erase(person: str, by: str) -> Outcome:
    outcome = outlook(person)
    consents.end_all(person, by=by)
    Consent.objects.filter(person=person).delete()
    Identity.objects.filter(person=person).delete()
    return outcome


HOLDER: Final = Holder("identity", IDENTITY, export, outlook, erase)
