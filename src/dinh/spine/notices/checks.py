"""What `dinh check` says of the channels."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding
from dinh.spine.notices import drivers
from dinh.spine.notices.drivers import mail, zalo


def findings() -> Iterator[Finding]:
    for channel in drivers.OUTSIDE:
        yield _channel(channel)
    local = "localhost" in settings.PUBLIC_URL or "127.0.0.1" in settings.PUBLIC_URL
    outside = any(settings.NOTICE_CHANNELS[channel] not in {"", "file"} for channel in drivers.OUTSIDE)
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
