from __future__ import annotations

from django.urls import path

from dinh.systems.operations_centre.web import alerts, console, data, exports, indicators, places, search, wall

app_name = "operations_centre"
urlpatterns = [
    path("", console.home, name="home"),
    path("wall/", wall.wall, name="wall"),
    path("search", search.search, name="search"),
    path("fragments/attention/", console.attention, name="attention"),
    path("fragments/figures/", console.figures, name="figures"),
    path("fragments/quality/", console.quality, name="quality"),
    path("fragments/legend/", console.legend, name="legend"),
    path("fragments/time-bar/", console.time_bar, name="time-bar"),
    path("fragments/card/", console.card, name="card"),
    path("fragments/wall/", wall.fragment, name="wall-fragment"),
    path("map/values.json", data.map_values, name="map-values"),
    path("map/alerts.geojson", data.map_alerts, name="map-alerts"),
    path("export/alerts.<str:form>", exports.alerts, name="export-alerts"),
    path("export/figures.<str:form>", exports.figures, name="export-figures"),
    path("alerts/<str:id>/", alerts.alert, name="alert"),
    path("alerts/<str:id>/acknowledge/", alerts.acknowledge, name="acknowledge"),
    path("alerts/<str:id>/note/", alerts.note, name="note"),
    path("alerts/<str:id>/set-apart/", alerts.set_apart, name="set-apart"),
    path("alerts/<str:id>/take/", alerts.take, name="take"),
    path("alerts/<str:id>/chart.json", data.alert_chart, name="alert-chart"),
    path("places/<str:kind>/<str:id>/", places.place, name="place"),
    path("indicators/", indicators.catalogue, name="indicators"),
    path("indicators/export.<str:form>", exports.catalogue, name="export-indicators"),
    path("indicators/<str:code>/", indicators.indicator, name="indicator"),
    path("indicators/<str:code>/chart.json", data.indicator_chart, name="indicator-chart"),
    path("indicators/<str:code>/data.<str:form>", exports.indicator, name="export-indicator"),
    path("series/<int:number>/", places.series, name="series"),
    path("series/<int:number>/chart.json", data.series_chart, name="series-chart"),
    path("series/<int:number>/data.<str:form>", exports.series, name="export-series"),
]
