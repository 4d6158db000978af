from __future__ import annotations

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "dinh.spine.submissions"
    label = "submissions"
