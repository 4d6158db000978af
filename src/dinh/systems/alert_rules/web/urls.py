from __future__ import annotations

from django.urls import path

from dinh.systems.alert_rules.web import editing, maintenance, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", editing.edit, name="new"),
    path("try/", editing.attempt, name="try"),
    path("chart.json", editing.chart, name="chart"),
    path("maintenance/", maintenance.windows, name="maintenance"),
    path("maintenance/<int:number>/end/", maintenance.end, name="end-maintenance"),
    path("<str:code>/", views.rule, name="rule"),
    path("<str:code>/edit/", editing.edit, name="edit"),
    path("<str:code>/switch/", views.switch, name="switch"),
    path("<str:code>/restore/", views.restore, name="restore"),
    path("<str:code>/remove/", views.remove, name="remove"),
]
