"""Messages as files, one each: for the demonstration, for tests, and for a carrier that takes files."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from dinh.kernel import clock
from dinh.spine.notices import sms_text
from dinh.spine.notices.drivers import Message, NotSent, Sent


@dataclass(frozen=True, slots=True)
class Files:
    """`<folder>/<channel>/<ref>.json`: whole or not there, and written once however often it is asked for."""

    channel: str
    folder: str

    def send(self, message: Message) -> Sent:
        kept = asdict(message)
        kept["browsers"] = len(message.browsers)
        kept["written_at"] = clock.now().isoformat()
        parts = None
        if self.channel == "sms":
            kept["text"] = sms_text.message(message.title, message.body, message.link, most=4, without_marks=False)
            parts = kept["parts"] = sms_text.parts(kept["text"])
        try:
            self._write(message.ref, json.dumps(kept, ensure_ascii=False, indent=1))
        except OSError as error:
            raise NotSent("unreachable", f"{type(error).__name__}: {error}") from error
        return Sent(provider_id=f"file:{message.ref}", parts=parts)

    def _write(self, ref: str, text: str) -> None:
        folder = Path(self.folder) / self.channel
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / f"{ref}.json"
        if target.exists():
            return
        descriptor, fresh = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.rename(fresh, target)
        except OSError:
            with suppress(OSError):
                os.unlink(fresh)
            raise
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)

    def describe(self) -> str:
        return f"files in {Path(self.folder) / self.channel}"
