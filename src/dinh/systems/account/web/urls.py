"""Addresses of one's own account and of the administration."""

from __future__ import annotations

from django.urls import path

from dinh.systems.account.web import data, keys, organisations, people, profile, security, sign_in

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("preferences/", profile.preferences, name="preferences"),
    path("sessions/end/", profile.end_others, name="end-others"),
    path("sessions/<int:session_id>/end/", profile.end_one, name="end-session"),
    path("keys/", keys.listing, name="keys"),
    path("keys/<str:key_id>/revoke/", keys.revoke, name="revoke-key"),
    path("data/", data.page, name="data"),
    path("data/copies/", data.ask_copy, name="ask-copy"),
    path("data/copies/<int:number>/", data.open_copy, name="open-copy"),
    path("data/erase/", data.erase, name="erase"),
    path("data/erase/withdraw/", data.withdraw, name="withdraw-erasure"),
    path("demo/<str:username>/", sign_in.take_demo_role, name="demo-role"),
    path("invitation/<str:encoded>/<str:token>/", sign_in.accept_invitation, name="invitation"),
    path("people/", people.listing, name="people"),
    path("people/new/", people.new, name="new-person"),
    path("people/<str:username>/", people.detail, name="person"),
    path("people/<str:username>/show/", people.show, name="show-person"),
    path("people/<str:username>/copy/", data.ask_copy_for, name="ask-copy-for"),
    path("people/<str:username>/edit/", people.edit, name="edit-person"),
    path("people/<str:username>/grants/add/", people.add_grant, name="add-grant"),
    path("people/<str:username>/grants/remove/", people.remove_grant, name="remove-grant"),
    path("people/<str:username>/invite/", people.invite, name="invite"),
    path("people/<str:username>/factors/take-back/", people.take_back_factors, name="take-back-factors"),
    path("people/<str:username>/close/", people.close, name="close-person"),
    path("people/<str:username>/reopen/", people.reopen, name="reopen-person"),
    path("security/", security.listing, name="security"),
    path("security/events.csv", security.export, name="security-csv"),
    path("organisations/", organisations.listing, name="organisations"),
    path("organisations/new/", organisations.new, name="new-organisation"),
    path("organisations/<str:slug>/", organisations.detail, name="organisation"),
]
