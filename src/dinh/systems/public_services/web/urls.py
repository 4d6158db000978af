"""Addresses: the catalogue, drafts, dossiers of applicants, progress in public, the desk, the bank."""

from __future__ import annotations

from django.urls import path

from dinh.systems.public_services.web import bank, catalogue, desk, filling, finishing, following, public

urlpatterns = [
    path("", catalogue.front, name="front"),
    path("mine/", catalogue.mine, name="mine"),
    path("procedures/<slug:slug>/", catalogue.procedure, name="procedure"),
    path("procedures/<slug:slug>/cpsv.jsonld", catalogue.as_cpsv, name="cpsv"),
    path("procedures/<slug:slug>/begin/", catalogue.begin, name="begin"),
    path("national/<str:code>/", catalogue.national, name="national"),
    path("follow/", following.by_code, name="follow"),
    path("follow/leave/", following.leave, name="leave"),
    path("follow/<str:code>/", following.by_link, name="follow-link"),
    path("drafts/<uuid:id>/", filling.draft, name="draft"),
    path("drafts/<uuid:id>/applicant/", finishing.applicant, name="applicant"),
    path("drafts/<uuid:id>/documents/", finishing.documents, name="documents"),
    path("drafts/<uuid:id>/documents/<slug:document>/", finishing.attach, name="attach"),
    path("drafts/<uuid:id>/files/<int:file>/", finishing.file, name="draft-file"),
    path("drafts/<uuid:id>/files/<int:file>/out/", finishing.take_out, name="take-out"),
    path("drafts/<uuid:id>/review/", finishing.review, name="review"),
    path("drafts/<uuid:id>/hand-in/", finishing.hand_in, name="hand-in"),
    path("drafts/<uuid:id>/code/", finishing.send_code, name="send-code"),
    path("drafts/<uuid:id>/prefill/", finishing.prefill, name="prefill"),
    path("drafts/<uuid:id>/claim/", finishing.claim, name="claim"),
    path("drafts/<uuid:id>/drop/", finishing.drop, name="drop"),
    path("drafts/<uuid:id>/pages/<slug:page>/", filling.page, name="draft-page"),
    path("drafts/<uuid:id>/pages/<slug:page>/save/", filling.save, name="draft-save"),
    path("dossiers/<uuid:id>/", following.dossier, name="dossier"),
    path("dossiers/<uuid:id>/receipt.pdf", following.receipt, name="receipt"),
    path("dossiers/<uuid:id>/correct/", following.correct, name="correct"),
    path("dossiers/<uuid:id>/documents/<slug:document>/", following.attach, name="dossier-attach"),
    path("dossiers/<uuid:id>/files/<int:file>/", following.file, name="dossier-file"),
    path("dossiers/<uuid:id>/files/<int:file>/out/", following.take_out, name="dossier-take-out"),
    path("dossiers/<uuid:id>/result.pdf", following.result, name="result"),
    path("dossiers/<uuid:id>/pay/", following.pay, name="pay"),
    path("dossiers/<uuid:id>/withdraw/", following.withdraw, name="withdraw"),
    path("progress/", public.progress_list, name="progress"),
    path("progress/<str:number>/", public.progress_one, name="progress-one"),
    path("figures/", public.figures_page, name="figures"),
    path("desk/", desk.desk_list, name="desk"),
    path("desk/<uuid:id>/", desk.dossier, name="desk-dossier"),
    path("desk/<uuid:id>/show/", desk.show, name="desk-show"),
    path("desk/<uuid:id>/receipt.pdf", desk.receipt, name="desk-receipt"),
    path("desk/<uuid:id>/files/<int:file>/", desk.file, name="desk-file"),
    path("desk/<uuid:id>/do/<slug:what>/", desk.act, name="desk-act"),
    path("bank/<str:reference>/", bank.order, name="bank"),
    path("payments/<str:driver>/", bank.callback, name="callback"),
]
