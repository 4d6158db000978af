from __future__ import annotations

from django.urls import path, register_converter

from dinh.systems.network_5g.web import (
    areas,
    budget,
    choosing,
    compare,
    desk,
    exports,
    growth,
    identities,
    links,
    map_layer,
    masts,
    patterns,
    rollout,
    safety,
    scenarios,
)


class Digest:
    """The name of an answer."""

    regex = "[0-9a-f]{40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Digest, "answer")

urlpatterns = [
    path("", areas.home, name="home"),
    path("coverage.geojson", map_layer.coverage, name="coverage"),
    path("areas/new/", areas.new, name="new-area"),
    path("areas/<uuid:id>/", areas.page, name="area"),
    path("areas/<uuid:id>/lay/", areas.lay, name="lay"),
    path("areas/<uuid:id>/rasters/", areas.upload, name="raster"),
    path("areas/<uuid:id>/rasters/<int:number>/remove/", areas.remove, name="remove-raster"),
    path("areas/<uuid:id>/scenarios/", scenarios.new, name="new-scenario"),
    path("scenarios/<uuid:id>/", scenarios.page, name="scenario"),
    path("scenarios/<uuid:id>/describe/", scenarios.describe, name="describe"),
    path("scenarios/<uuid:id>/share/", scenarios.share, name="share"),
    path("scenarios/<uuid:id>/on-map/", map_layer.show, name="on-map"),
    path("scenarios/<uuid:id>/archive/", scenarios.archive, name="archive"),
    path("scenarios/<uuid:id>/settings/", scenarios.settings, name="settings"),
    path("scenarios/<uuid:id>/settings/antennas/", patterns.give, name="antennas"),
    path("scenarios/<uuid:id>/history/", scenarios.history, name="history"),
    path("scenarios/<uuid:id>/history/<int:number>/", scenarios.go_to, name="go-to"),
    path("scenarios/<uuid:id>/masts/", masts.table, name="masts"),
    path("scenarios/<uuid:id>/masts/<str:code>/", masts.mast, name="mast"),
    path("scenarios/<uuid:id>/masts/<str:code>/safety/", safety.mast, name="mast-safety"),
    path("scenarios/<uuid:id>/safety/", safety.table, name="safety"),
    path("scenarios/<uuid:id>/neighbours/", identities.page, name="neighbours"),
    path("scenarios/<uuid:id>/neighbours/number/", identities.number, name="number"),
    path("scenarios/<uuid:id>/neighbours.<str:form>", identities.export, name="neighbour-list"),
    path("scenarios/<uuid:id>/budget/", budget.page, name="budget"),
    path("scenarios/<uuid:id>/import/", masts.bring, name="import"),
    path("scenarios/<uuid:id>/import/take/", masts.take, name="take"),
    path("scenarios/<uuid:id>/export.<str:form>", exports.export, name="export"),
    path("scenarios/<uuid:id>/growth/", growth.page, name="growth"),
    path("scenarios/<uuid:id>/growth/<str:what>.json", growth.chart, name="growth-chart"),
    path("scenarios/<uuid:id>/growth.<str:form>", growth.export, name="growth-export"),
    path("scenarios/<uuid:id>/profile/", links.profile, name="profile"),
    path("scenarios/<uuid:id>/rollout/", rollout.page, name="rollout"),
    path("scenarios/<uuid:id>/rollout/stop/", rollout.stop, name="rollout-stop"),
    path("scenarios/<uuid:id>/rollout/chart.json", rollout.chart, name="rollout-chart"),
    path("scenarios/<uuid:id>/rollout/export.<str:form>", rollout.export, name="rollout-export"),
    path("scenarios/<uuid:id>/choose/", choosing.page, name="choose"),
    path("scenarios/<uuid:id>/choose/stop/", choosing.stop, name="choose-stop"),
    path("scenarios/<uuid:id>/choose/candidates/", choosing.candidates, name="candidates"),
    path("scenarios/<uuid:id>/choose/take/", choosing.take, name="take-choice"),
    path("scenarios/<uuid:id>/state.json", desk.state, name="state"),
    path("scenarios/<uuid:id>/edit/", desk.edit, name="edit"),
    path("scenarios/<uuid:id>/undo/", desk.undo, name="undo"),
    path("scenarios/<uuid:id>/redo/", desk.redo, name="redo"),
    path("scenarios/<uuid:id>/calculate/", desk.calculate, name="calculate"),
    path("scenarios/<uuid:id>/stop/", desk.stop, name="stop"),
    path("scenarios/<uuid:id>/preview/", desk.preview, name="preview"),
    path("scenarios/<uuid:id>/reading/", desk.reading, name="reading"),
    path("scenarios/<uuid:id>/figures/", desk.figures, name="figures"),
    path(
        "scenarios/<uuid:id>/tiles/<answer:digest>/<str:carrier>/<str:layer>/<int:z>/<int:x>/<int:y>.png",
        desk.tile,
        name="tile",
    ),
    path("compare/", compare.page, name="compare"),
    path(
        "compare/<uuid:a>/<uuid:b>/<answer:first>/<answer:second>/<str:carrier>/<int:z>/<int:x>/<int:y>.png",
        compare.tile,
        name="compare-tile",
    ),
]
