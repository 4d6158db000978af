"""Addresses of the inbox and the case pages."""

from __future__ import annotations

from django.urls import path

from dinh.systems.work.web import case, inbox, opening

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("export.<str:form>", inbox.export, name="export"),
    path("new/", opening.new, name="new"),
    path("from-alert/<str:alert>/", opening.from_alert, name="from-alert"),
    path("fragments/queue/", inbox.queue, name="queue"),
    path("cases/<str:number>/", case.page, name="case"),
    path("cases/<str:number>/take/", case.take, name="take"),
    path("cases/<str:number>/assign/", case.assign, name="assign"),
    path("cases/<str:number>/hand-on/", case.hand_on, name="hand-on"),
    path("cases/<str:number>/comment/", case.comment, name="comment"),
    path("cases/<str:number>/move/<str:code>/", case.move, name="move"),
    path("cases/<str:number>/steps/<int:step>/", case.tick, name="tick"),
]
