"""Wires the manifests to the spine when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig

from dinh.kernel.manifests import load, registry


class ProjectConfig(AppConfig):
    name = "dinh.project"
    label = "project"

    def ready(self) -> None:
        from dinh.project import checkpointing
        from dinh.spine.jobs import api as jobs

        jobs.every(checkpointing.EVERY, "ledger.checkpoint", checkpointing.sign)
        jobs.every(checkpointing.SENT_EVERY, "ledger.send_checkpoints", checkpointing.send)
        for manifest in registry.manifests():
            for listener in manifest.listeners:
                jobs.listen(listener.event, f"{manifest.slug}.{listener.name}", load(listener.run))
            for work in manifest.periodic:
                jobs.every(work.every, f"{manifest.slug}.{work.name}", load(work.run))
