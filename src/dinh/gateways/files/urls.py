from __future__ import annotations

from django.urls import path

from dinh.gateways.files import views

urlpatterns = [path("<str:token>/<str:name>", views.give, name="give")]
