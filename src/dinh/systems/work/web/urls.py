"""Addresses of the inbox and the case pages."""

from __future__ import annotations

from django.urls import path

from dinh.systems.work.web import bulk, case, departments, inbox, office, opening, parts

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("export.<str:form>", inbox.export, name="export"),
    path("new/", opening.new, name="new"),
    path("from-alert/<str:alert>/", opening.from_alert, name="from-alert"),
    path("fragments/queue/", inbox.queue, name="queue"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("tasks/", departments.my_tasks, name="tasks"),
    path("departments/", departments.departments, name="departments"),
    path("departments.csv", departments.departments_csv, name="departments-csv"),
    path("routing/", office.routing, name="routing"),
    path("routing/<int:rule>/drop/", office.drop_routing, name="drop-routing"),
    path("duty/", office.duty, name="duty"),
    path("duty/shifts/<int:shift>/drop/", office.drop_shift, name="drop-shift"),
    path("texts/", office.texts, name="texts"),
    path("texts/<int:text>/drop/", office.drop_text, name="drop-text"),
    path("calendar/", office.calendar, name="calendar"),
    path("cases/<str:number>/", case.page, name="case"),
    path("cases/<str:number>/show/", case.show, name="show"),
    path("cases/<str:number>/describe/", parts.describe, name="describe"),
    path("cases/<str:number>/ask/", parts.ask, name="ask"),
    path("cases/<str:number>/reply/", parts.reply, name="reply"),
    path("cases/<str:number>/questions/<int:question>/answer/", parts.answer, name="answer"),
    path("cases/<str:number>/questions/<int:question>/withdraw/", parts.withdraw_question, name="withdraw-question"),
    path("cases/<str:number>/tasks/add/", parts.add_task, name="add-task"),
    path("cases/<str:number>/tasks/<int:task>/take/", parts.take_task, name="take-task"),
    path("cases/<str:number>/tasks/<int:task>/answer/", parts.end_task, name="end-task"),
    path("cases/<str:number>/tasks/<int:task>/withdraw/", parts.withdraw_task, name="withdraw-task"),
    path("cases/<str:number>/join/", parts.join, name="join"),
    path("cases/<str:number>/split/", parts.split, name="split"),
    path("cases/<str:number>/files/", parts.attach, name="attach"),
    path("cases/<str:number>/files/<str:file>/", parts.open_file, name="file"),
    path("cases/<str:number>/files/<str:file>/erase/", parts.erase_file, name="erase-file"),
    path("cases/<str:number>/take/", case.take, name="take"),
    path("cases/<str:number>/assign/", case.assign, name="assign"),
    path("cases/<str:number>/hand-on/", case.hand_on, name="hand-on"),
    path("cases/<str:number>/comment/", case.comment, name="comment"),
    path("cases/<str:number>/move/<str:code>/", case.move, name="move"),
    path("cases/<str:number>/steps/<int:step>/", case.tick, name="tick"),
]
