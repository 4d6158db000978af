"""Addresses of the checking of proofs; all of them are public."""

from __future__ import annotations

from django.urls import path

from dinh.systems.verification.web import documents, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("check/", views.check, name="check"),
    path("head.json", views.head, name="head"),
    path("consistency.json", views.consistency, name="consistency"),
    path("checkpoints/", views.checkpoints, name="checkpoints"),
    path("checkpoints/log.txt", views.log, name="log"),
    path("checkpoints/<int:size>.txt", views.checkpoint, name="checkpoint"),
    path("keys/", views.keys, name="keys"),
    path("cases/<str:number>/", views.case, name="case"),
    path("document/", documents.ask, name="documents"),
    path("d/<str:code>/", documents.document, name="document"),
    path("d/<str:code>/proof.json", documents.proof, name="document-proof"),
    path("d/<str:code>/bundle.html", documents.bundle, name="document-bundle"),
    path("<int:index>/", views.entry, name="entry"),
    path("<int:index>/proof.json", views.proof, name="proof"),
    path("<int:index>/bundle.html", views.bundle, name="bundle"),
]
