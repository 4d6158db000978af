"""The peer of pages that nobody asked for before: Django as its tutorial has it, under uvicorn. One report and the twenty newest of the
same register by its ORM, a template of some 17 kB, the middleware of a new project, packed.

python bench/plain_page.py REGISTERS PORT
"""

from __future__ import annotations

import sys

import django
import uvicorn
from django.conf import settings

CARD = '<article><h3><a href="{% url "page" one.number %}">{{ one.category }}</a></h3><p>{{ one.description|truncatewords:24 }}</p><p>{{ one.address }} · {{ one.at|date:"d/m/Y H:i" }}</p><p>{% if one.due_at %}{{ one.due_at|timeuntil }}{% else %}–{% endif %}</p></article>'
PAGE = (
    "{% load i18n %}<!DOCTYPE html><html lang=vi><title>{{ row.number }}</title><h1>{{ row.description }}</h1>"
    "{% for one in newest %}" + CARD + "{% endfor %}"
    "{% for word in words %}<p>{% translate 'Search' %} {{ word }}</p>{% endfor %}" + "<p>" + "x" * 9000 + "</p></html>"
)
settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="the peer of a benchmark",
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.gzip.GZipMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"page": PAGE})],
                    )
                ],
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }
    ],
)
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import path  # noqa: E402


class Report(models.Model):
    number = models.CharField(max_length=40)
    category = models.CharField(max_length=64)
    description = models.TextField()
    address = models.TextField()
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    shown = models.BooleanField()

    class Meta:
        app_label = "plain_page"
        db_table = "requests_request"
        managed = False

    def __str__(self) -> str:
        return self.number


def page(request: HttpRequest, number: str) -> HttpResponse:
    newest = Report.objects.filter(shown=True).order_by("-at", "number")[:20]
    context = {"row": get_object_or_404(Report, number=number), "newest": newest, "words": range(30)}
    return render(request, "page", context)


urlpatterns = [path("<str:number>/", page, name="page")]

if __name__ == "__main__":
    uvicorn.run(
        get_asgi_application(), port=int(sys.argv[2]), log_config=None, http="httptools", loop="uvloop", lifespan="off"
    )
