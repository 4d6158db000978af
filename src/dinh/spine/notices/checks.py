"""What `dinh check` says of the channels."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding, registry
from dinh.spine.notices import drivers, kinds
from dinh.spine.notices.drivers import mail, zalo


def findings() -> Iterator[Finding]:
    for channel in drivers.OUTSIDE:
        yield _channel(channel)
    yield _kinds()
    local = "localhost" in settings.PUBLIC_URL or "127.0.0.1" in settings.PUBLIC_URL
    outside = any(settings.NOTICE_CHANNELS.get(channel, "") not in {"", "file"} for channel in drivers.OUTSIDE)
    if local and outside:
        yield Finding(
            "address in messages",
            False,
            f"links in messages lead to {settings.PUBLIC_URL}",
            "give DINH_PUBLIC_URL the address at which people reach this house",
        )
    else:
        yield Finding("address in messages", True, settings.PUBLIC_URL)


def _channel(channel: str) -> Finding:
    what = f"notices by {channel}"
    try:
        driver = drivers.driver(channel)
    except DinhError as error:
        return Finding(what, False, error.message, f"correct DINH_{channel.upper()}")
    if driver is None:
        return Finding(what, True, f"off (DINH_{channel.upper()} turns it on)")
    if isinstance(driver, mail.Smtp):
        says = mail.try_connection(driver)
        if says:
            return Finding(what, False, f"{driver.describe()}: {says}", "correct DINH_EMAIL, or mend the mail server")
    if isinstance(driver, zalo.Zns) and not driver.token_file.is_file():
        return Finding(what, False, f"{driver.token_file} is not there", "put Zalo's access token into this file")
    return Finding(what, True, driver.describe())


def _kinds() -> Finding:
    """Manifests are read without being judged: whatever is wrong with a kind would only be told when it is used."""
    declared = [spec.code for spec in registry.notices()]
    twice = sorted({code for code in declared if declared.count(code) > 1 or kinds.is_of_the_house(code)})
    if twice:
        return Finding(
            "kinds of notices", False, f"declared twice: {', '.join(twice)}", "give each kind a code of its own"
        )
    for code in kinds.kinds():
        try:
            kinds.kind(code)
        except DinhError as error:
            return Finding("kinds of notices", False, error.message, "mend it in the manifest that declares it")
    return Finding("kinds of notices", True, f"{len(kinds.kinds())} declared")
