"""Addresses: the public pages and feeds, and the editors' desk."""

from __future__ import annotations

from django.urls import path

from dinh.systems.publishing.web import acting, desk, editor, feeds, public

urlpatterns = [
    path("", public.front, name="front"),
    path("feed.atom", feeds.atom, name="feed"),
    path("feed/<slug:kind>.atom", feeds.atom, name="feed-of"),
    path("desk/", desk.desk, name="desk"),
    path("desk/new/", editor.new, name="new"),
    path("desk/brief/", acting.brief, name="brief"),
    path("desk/<slug:slug>/", desk.work, name="work"),
    path("desk/<slug:slug>/edit/", editor.edit, name="edit"),
    path("desk/<slug:slug>/preview.pdf", desk.preview, name="preview"),
    path("desk/<slug:slug>/withdraw/", acting.withdraw, name="withdraw"),
    path("desk/<slug:slug>/do/<slug:what>/", acting.act, name="act"),
    path("<slug:slug>/", public.page, name="page"),
    path("<slug:slug>/compare/", public.compare, name="compare"),
    path("<slug:slug>/v<int:number>/", public.page, name="version"),
    path("<slug:slug>/v<int:number>.json", public.canonical, name="canonical"),
    path("<slug:slug>/v<int:number>.pdf", public.pdf, name="pdf"),
    path("<slug:slug>/v<int:number>/proof.json", public.proof, name="proof"),
]
