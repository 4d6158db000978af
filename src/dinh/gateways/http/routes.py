"""Every route of the gateway."""

from __future__ import annotations

from typing import Final

from ninja import Router

from dinh.gateways.http import routes_intake

router: Final = Router()
router.add_router("", routes_intake.router)
