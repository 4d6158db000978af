"""Addresses: the public pages, feeds and CAP messages, and the desk."""

from __future__ import annotations

from django.urls import path

from dinh.systems.local_news.web import acting, desk, feeds, public, warnings

urlpatterns = [
    path("", public.front, name="front"),
    path("panel/", public.panel, name="panel"),
    path("commune/", public.remember, name="remember"),
    path("alerts/<int:number>/", public.alert, name="alert"),
    path("feed.atom", feeds.atom, name="atom"),
    path("feed.rss", feeds.rss, name="rss"),
    path("feed.json", feeds.json_feed, name="json"),
    path("cap/", feeds.cap_index, name="cap"),
    path("cap/<int:number>.xml", feeds.cap_message, name="cap-message"),
    path("desk/", desk.desk, name="desk"),
    path("desk/cap/", acting.upload, name="upload"),
    path("desk/alerts/", desk.received, name="received"),
    path("desk/alerts/<int:number>/hide/", acting.hide, name="hide"),
    path("desk/feeds/new/", desk.new_feed, name="new-feed"),
    path("desk/feeds/<int:number>/", desk.feed, name="feed"),
    path("desk/feeds/<int:number>/switch/", acting.switch, name="switch"),
    path("desk/warnings/new/", warnings.new, name="new-warning"),
    path("desk/warnings/<slug:slug>/", warnings.work, name="warning"),
    path("desk/warnings/<slug:slug>/edit/", warnings.edit, name="edit-warning"),
    path("desk/warnings/<slug:slug>/do/<slug:what>/", warnings.act, name="act"),
]
