"""Addresses of the citizen app: reporting and following, what the public reads, the officials' desk."""

from __future__ import annotations

from dinh.systems.citizen_app.web.public_urls import public
from dinh.systems.citizen_app.web.reporting_urls import reporting

app_name = "citizen_app"
urlpatterns = [*reporting, *public]
