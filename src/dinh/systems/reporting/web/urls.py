from __future__ import annotations

from django.urls import path

from dinh.systems.reporting.web import assignments, formulas, lists, returns, targets

urlpatterns = [
    path("", lists.home, name="home"),
    path("review/", lists.review, name="review"),
    path("overview/", lists.overview, name="overview"),
    path("overview.<str:form>", lists.export, name="export"),
    path("returns/<int:number>/", returns.page, name="return"),
    path("returns/<int:number>/form.<str:form>", returns.download, name="download"),
    path("returns/<int:number>/upload/", returns.upload, name="upload"),
    path("returns/<int:number>/decide/", returns.decide, name="decide"),
    path("returns/<int:number>/correct/", returns.correct, name="correct"),
    path("returns/<int:number>/record/", returns.record_again, name="record"),
    path("targets/", targets.page, name="targets"),
    path("targets/upload/", targets.upload, name="targets-upload"),
    path("formulas/", formulas.listing, name="formulas"),
    path("formulas/new/", formulas.edit, name="new-formula"),
    path("formulas/<str:code>/", formulas.edit, name="formula"),
    path("lineage/", formulas.lineage, name="lineage"),
    path("forms/", assignments.listing, name="forms"),
    path("forms/new/", assignments.new, name="new-form"),
]
