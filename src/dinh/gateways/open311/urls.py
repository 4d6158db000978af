from __future__ import annotations

from django.urls import path

from dinh.gateways.open311 import views

app_name = "open311"
urlpatterns = [
    path("discovery.<str:form>", views.discovery, name="discovery"),
    path("v2/discovery.<str:form>", views.discovery),
    path("v2/services.<str:form>", views.services, name="services"),
    path("v2/services/<slug:code>.<str:form>", views.definition, name="definition"),
    path("v2/requests.<str:form>", views.requests, name="requests"),
    path("v2/requests/<str:number>.<str:form>", views.request, name="request"),
    # The OpenAPI file of the community has this address without its last letter.
    path("v2/request/<str:number>.<str:form>", views.request),
    path("v2/tokens/<str:token>.<str:form>", views.token, name="token"),
    path("v2/servicerequestupdates.<str:form>", views.updates, name="updates"),
    path("v2/media/<str:number>/<int:position>", views.media, name="media"),
]
