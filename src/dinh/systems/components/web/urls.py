from __future__ import annotations

from django.urls import path

from dinh.systems.components.web import views

urlpatterns = [
    path("", views.components, name="components"),
    path("wall/", views.wall, name="wall"),
    path("error/<int:status>/", views.error, name="error"),
]
