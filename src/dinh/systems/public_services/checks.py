"""Lines of `dinh check`."""

from __future__ import annotations

from collections.abc import Iterable

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding
from dinh.systems.public_services import fees
from dinh.systems.public_services.domain import folders
from dinh.web import schema_forms


def findings() -> Iterable[Finding]:
    faults = [
        f"{slug}: {fault}" for slug, one in folders.all_procedures().items() for fault in schema_forms.unsound(one.form)
    ]
    count = len(folders.all_procedures())
    yield Finding(
        "procedures",
        not faults,
        faults[0] if faults else f"{count} can be handed in online",
        "mend the folder that is named",
    )
    try:
        driver = fees.driver()
    except DinhError as error:
        yield Finding("payments", False, error.message, "correct DINH_PAYMENTS")
        return
    if driver is None:
        yield Finding("payments", True, "fees are paid at the counter alone (DINH_PAYMENTS)")
    else:
        yield Finding("payments", True, f"{driver.title.en}" + (": no money moves" if driver.name == "fake" else ""))
