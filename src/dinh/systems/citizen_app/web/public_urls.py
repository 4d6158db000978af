"""Reports as anyone may read them, and the desk at which officials keep them in order."""

from __future__ import annotations

from django.urls import URLPattern, path

from dinh.systems.citizen_app.web import (
    case_panel,
    desk,
    feeds,
    figures,
    moderating,
    photos,
    reports,
    submissions_desk,
    subscriptions,
)

public: list[URLPattern] = [
    path("reports/", reports.listing, name="reports"),
    path("reports/points.geojson", reports.points, name="points"),
    path("reports/feed.rss", feeds.rss, name="feed-rss"),
    path("reports/feed.atom", feeds.atom, name="feed-atom"),
    path("reports/feed.geojson", feeds.geojson, name="feed-geojson"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("figures/", figures.page, name="figures"),
    path("figures.csv", figures.as_csv, name="figures-csv"),
    path("figures.json", figures.as_json, name="figures-json"),
    path("subscriptions/", subscriptions.subscribe, name="subscriptions"),
    path("subscriptions/mine/", subscriptions.mine, name="my-subscriptions"),
    path("subscriptions/<uuid:id>/all/", subscriptions.beside, name="subscriptions-beside"),
    path("subscriptions/<uuid:id>/change/", subscriptions.change, name="change-subscription"),
    path("subscriptions/<uuid:id>/", subscriptions.confirm, name="subscription"),
    path("subscriptions/<uuid:id>/stop/", subscriptions.stop, name="unsubscribe"),
    path("photos/<str:number>/<int:position>", photos.photo, name="photo"),
    path("photos/<str:number>/<int:position>-small", photos.photo, {"small": True}, name="photo-small"),
    path("reports/<str:number>/", reports.page, name="public"),
    path("reports/<str:number>/qr.svg", reports.qr, name="qr"),
    path("reports/<str:number>/follow/", reports.follow, name="follow-public"),
    path("reports/<str:number>/hide/", moderating.hide, name="hide"),
    path("reports/<str:number>/photos/<int:position>/", moderating.photo, name="moderate-photo"),
    path("reports/<str:number>/voices/<int:voice>/", moderating.voice, name="moderate-voice"),
    path("reports/<str:number>/after/", moderating.after, name="after"),
    path("desk/", desk.desk, name="desk"),
    path("desk/act/", desk.act, name="desk-act"),
    path("desk/submissions/", submissions_desk.refused, name="desk-submissions"),
    path("desk/submissions/<uuid:id>/again/", submissions_desk.again, name="desk-again"),
    path("desk/case/<str:number>/", case_panel.panel, name="desk-case"),
    path("desk/case/<str:number>/category/", case_panel.category, name="desk-category"),
]
