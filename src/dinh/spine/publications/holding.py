"""What publications hold of a person: that they wrote, checked or published, never anything about them."""

from __future__ import annotations

from typing import Final

from dinh.kernel.manifests import Text
from dinh.spine.parties.api import personal
from dinh.spine.publications import models

HOLDER: Final = personal.signatures(
    "publications",
    Text("Công bố", "Publications"),
    (
        personal.Signed(Text("Bản đã soạn", "Versions written"), models.Version, "author", "author_name"),
        personal.Signed(Text("Bản đã kiểm tra", "Versions checked"), models.Version, "checked_by", "checked_name"),
        personal.Signed(Text("Việc đã làm với công bố", "Acts on publications"), models.Act),
    ),
)
