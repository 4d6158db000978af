"""Wires the manifests to the spine when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig

from dinh.kernel.manifests import load, registry


class ProjectConfig(AppConfig):
    name = "dinh.project"
    label = "project"

    def ready(self) -> None:
        from dinh.spine.jobs import api as jobs

        for manifest in registry.manifests():
            for listener in manifest.listeners:
                jobs.listen(listener.event, f"{manifest.slug}.{listener.name}", load(listener.run))
            for work in manifest.periodic:
                jobs.every(work.every, f"{manifest.slug}.{work.name}", load(work.run))
