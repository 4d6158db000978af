"""Addresses of the map; all of them are public."""

from __future__ import annotations

from django.urls import path

from dinh.systems.maps.web import areas, finding, roads, ways

urlpatterns = [
    path("", finding.search, name="search"),
    path("place/<str:id>/", finding.place, name="place"),
    path("way/", ways.way, name="way"),
    path("way.<str:form>", ways.download, name="download"),
    path("area/<str:code>.json", areas.area, name="area"),
    path("offline/", areas.offline, name="offline"),
    path("roads/<str:digest>/<int:z>/<int:x>/<int:y>.mvt", roads.tile, name="roads"),
]
