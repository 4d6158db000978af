from __future__ import annotations

from django.urls import path

from dinh.systems.data_operations.web import jobs, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("sources/<str:code>/", views.source, name="source"),
    path("jobs/", jobs.overview, name="jobs"),
    path("jobs/now/", jobs.present, name="jobs-now"),
    path("jobs/events/retry/", jobs.retry_events, name="jobs-retry-events"),
    path("jobs/<uuid:id>/", jobs.task, name="job"),
    path("jobs/<uuid:id>/cancel/", jobs.cancel, name="job-cancel"),
    path("jobs/<uuid:id>/retry/", jobs.retry, name="job-retry"),
    path("rejected/", views.rejected, name="rejected"),
    path("rejected/<int:number>/", views.rejected_batch, name="batch"),
    path("rejected/<int:number>/rows.csv", views.rejected_csv, name="batch-csv"),
    path("rejected/<int:number>/replay/", views.replay, name="replay"),
]
