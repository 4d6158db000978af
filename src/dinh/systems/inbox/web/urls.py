"""Addresses of one's notices, of the settings, of the sending, and of the carriers' receipts."""

from __future__ import annotations

from django.urls import path

from dinh.systems.inbox.web import addresses, notices, receipts, sending, settings

urlpatterns = [
    path("", notices.listing, name="list"),
    path("<int:number>/", notices.open_one, name="open"),
    path("<int:number>/mark/", notices.mark, name="mark"),
    path("mark-all/", notices.mark_all, name="mark-all"),
    path("fragments/bell/", notices.bell, name="bell"),
    path("preferences/", settings.page, name="preferences"),
    path("preferences/times/", settings.times, name="times"),
    path("preferences/test/", settings.test, name="test"),
    path("preferences/browsers/", addresses.add_browser, name="add-browser"),
    path("preferences/browsers/<int:number>/remove/", addresses.remove_browser, name="remove-browser"),
    path("preferences/<str:kind>/ask/", addresses.ask, name="ask"),
    path("preferences/<str:kind>/confirm/", addresses.confirm, name="confirm"),
    path("preferences/<str:kind>/remove/", addresses.remove, name="remove"),
    path("sending/", sending.page, name="sending"),
    path("sending/act/", sending.act, name="act"),
    path("receipts/<str:driver>/", receipts.receive, name="receipts"),
]
