from __future__ import annotations

from django.urls import path

from dinh.gateways.tabular.web import views

urlpatterns = [
    path("", views.listing, name="listing"),
    path("new/", views.give, name="give"),
    path("<str:key>/", views.shown, name="import"),
    path("<str:key>/refused.csv", views.refused, name="refused"),
    path("<str:key>/cancel/", views.cancel, name="cancel"),
    path("<str:key>/retry/", views.retry, name="retry"),
    path("<str:key>/drop/", views.drop, name="drop"),
]
