"""Addresses of the checking of proofs; all of them are public."""

from __future__ import annotations

from django.urls import path

from dinh.systems.verification.web import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("check/", views.check, name="check"),
    path("head.json", views.head, name="head"),
    path("consistency.json", views.consistency, name="consistency"),
    path("cases/<str:number>/", views.case, name="case"),
    path("<int:index>/", views.entry, name="entry"),
    path("<int:index>/proof.json", views.proof, name="proof"),
]
