from __future__ import annotations

from django.urls import path

from dinh.systems.data_operations.web import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("sources/<slug:code>/", views.source, name="source"),
    path("rejected/", views.rejected, name="rejected"),
    path("rejected/<int:number>/", views.rejected_batch, name="batch"),
    path("rejected/<int:number>/rows.csv", views.rejected_csv, name="batch-csv"),
    path("rejected/<int:number>/replay/", views.replay, name="replay"),
]
