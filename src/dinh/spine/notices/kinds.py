"""Kinds of notices: those that manifests declare, and those that parts of the spine declare when they start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.specs import NoticeSpec, Text
from dinh.spine.notices import wording

CHANNELS: Final = ("inbox", "email", "push", "sms", "zalo")
CODE, SIGN_IN, TEST, DIGEST = "notices.code", "notices.sign_in", "notices.test", "notices.digest"
AT_ONCE: Final = frozenset({CODE, SIGN_IN, TEST, DIGEST})
"""Asked for by the person, or timed already: no quiet hours hold them."""
SECRET: Final = frozenset({CODE, SIGN_IN})
"""Codes: their words go once they are sent, and nobody sends them later than they are good for."""
CODE_LASTS: Final = timedelta(minutes=10)
OWN: Final = (
    NoticeSpec(
        CODE,
        Text("Mã xác nhận địa chỉ", "Code to confirm an address"),
        Text("Mã xác nhận Đình: {code}", "Đình confirmation code: {code}"),
        Text(
            "Nhập mã {code} để nhận thông báo tại địa chỉ này. Mã có hiệu lực 10 phút. Nếu không phải bạn yêu cầu, hãy bỏ qua.",
            "Enter {code} to receive notices at this address. It is valid for 10 minutes. If you did not ask for it, ignore it.",
        ),
        channels=(),
    ),
    NoticeSpec(
        SIGN_IN,
        Text("Mã đăng nhập", "Code to sign in"),
        Text("Mã Đình: {code}", "Đình code: {code}"),
        # In both languages: nobody knows yet which one whoever asks for it reads.
        Text(
            "Nhập mã {code} trên trang bạn đang mở (10 phút). Không cho ai biết mã. Enter {code} on the page you have open; "
            "tell it to nobody.",
            "Enter {code} on the page you have open (10 minutes). Tell it to nobody.",
        ),
        channels=(),
    ),
    NoticeSpec(
        TEST,
        Text("Tin thử", "Test message"),
        Text("Tin thử của Đình", "Test message from Đình"),
        Text(
            "Bạn nhận được tin này vì đã yêu cầu gửi thử. Kênh này hoạt động.",
            "You receive this because you asked for a test. This channel works.",
        ),
        channels=CHANNELS,
    ),
    NoticeSpec(
        DIGEST,
        Text("Bản tổng hợp", "Digest"),
        Text("{count} thông báo từ Đình", "{count} notices from Đình"),
        Text("{list}", "{list}"),
        channels=(),
    ),
)
_declared: dict[str, NoticeSpec] = {}


def declare(specs: Iterable[NoticeSpec]) -> None:
    """Raises Invalid `notices.kind_twice`, `notices.template`, `notices.languages`, `notices.channel`."""
    for spec in specs:
        _check(spec)
        known = {own.code: own for own in OWN}.get(spec.code) or _declared.get(spec.code)
        if known is not None and known != spec:
            raise Invalid(
                "notices.kind_twice", "the kind of notice '{kind}' is declared twice, differently", kind=spec.code
            )
        _declared[spec.code] = spec


def _check(spec: NoticeSpec) -> None:
    wording.check_spec(spec)
    for channel in spec.channels:
        if channel not in CHANNELS:
            raise Invalid(
                "notices.channel",
                "there is no channel '{channel}'; there are {channels}",
                channel=channel,
                channels=", ".join(CHANNELS),
            )


def kinds() -> Mapping[str, NoticeSpec]:
    """By code. Nobody can put another text in the place of the house's own."""
    return {spec.code: spec for spec in (*registry.notices(), *_declared.values(), *OWN)}


def is_of_the_house(code: str) -> bool:
    return code in _declared or any(spec.code == code for spec in OWN)


def kind(code: str) -> NoticeSpec:
    """Raises Invalid `notices.no_kind`."""
    spec = kinds().get(code)
    if spec is None:
        raise Invalid(
            "notices.no_kind",
            "there is no kind of notice '{kind}'; declare it in a manifest's `notices`",
            kind=code[:100],
        )
    _check(spec)
    return spec
