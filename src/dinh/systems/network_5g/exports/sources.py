"""Which standard each figure of a scenario comes from, by its clause; what is taken for granted; words of settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from dinh.kernel.errors import Phrase
from dinh.systems.network_5g.domain import Model, Settings, Standing

MODELS: Final[dict[Model, str]] = {
    "p1812": "ITU-R P.1812-6",
    "tr38901-rma": "3GPP TR 38.901 RMa",
    "tr38901-uma": "3GPP TR 38.901 UMa",
    "tr38901-umi": "3GPP TR 38.901 UMi",
}
STANDINGS: Final = {
    Standing.EXISTING: noop("existing"),
    Standing.SHARED: noop("shared"),
    Standing.NEW: noop("new"),
}
BACKHAUL: Final = {"fibre": noop("fibre"), "microwave": noop("microwave")}
ROLES: Final = {
    "terrain": noop("Terrain"),
    "clutter": noop("What stands on the terrain"),
    "people": noop("Population"),
    "sites": noop("Masts"),
    "boundaries": noop("Boundaries"),
    "antenna": noop("Antenna"),
}


def sources(settings: Settings) -> Sequence[tuple[str, str]]:
    """(what, by which clause), in the language that is active."""
    if settings.model == "p1812":
        loss = [(_("Transmission loss"), _("ITU-R P.1812-6 sections 4.2 to 4.6, each pixel by its own profile, for half of time and locations"))]  # fmt: skip
    else:
        loss = [
            (_("Transmission loss"), _("3GPP TR 38.901 V18 clause 7.4.1, Table 7.4.1-1, line of sight")),
            (_("Hills and clutter"), _("ITU-R P.526-15 section 4.5.4 (delta-Bullington), over terrain and clutter")),
        ]
    return [
        *loss,
        *_antennas(settings),
        (_("Channels"), _("3GPP TS 38.101-1 clauses 5.3 and 5.4: resource blocks and channel raster")),
        (_("Peak rate"), _("3GPP TS 38.306 clause 4.1.2")),
        (_("Rate over SINR"), _("3GPP TR 38.803 and ITU-R M.2101: attenuated Shannon bound, 0.6 from −10 to 30 dB")),
        (_("Loads of cells"), _("fixed point of loads that disturb each other (R. D. Yates, IEEE JSAC 13(7), 1995)")),
        (_("Rate in the busy hour"), _("processor sharing (T. Bonald, A. Proutière, MobiCom 2003)")),
    ]  # fmt: skip


def _antennas(settings: Settings) -> Sequence[tuple[str, str]]:
    measured = [carrier for carrier in settings.carriers if carrier.pattern is not None]
    usual = [] if len(measured) == len(settings.carriers) else [(_("Antennas"), _("3GPP TR 38.901 Table 7.3-1: parabolic pattern, 65° across and 7° high"))]  # fmt: skip
    told = _("measured by the vendor: %(name)s; between its two tables by G. Vasiliadis et al., IEEE TAP 53(7), 2005")
    return [
        *usual,
        *((_("Antennas of %(carrier)s") % {"carrier": one.code}, told % {"name": one.pattern.name}) for one in measured if one.pattern),
    ]  # fmt: skip


ASSUMED: Final = (
    Phrase("Levels are medians: at half of the places within a pixel and half of the time the signal is weaker. No margin for shadowing is taken off."),
    Phrase("People are outdoors at the height of the terminal; walls and cars are not taken off."),
    Phrase("Buildings and trees count by their height alone, without streets between them."),
    Phrase("Demand is the same for each customer and falls into the busy hour at once."),
    Phrase("The figures are calculated, not measured. They do not replace a drive test."),
)  # fmt: skip
"""True of every scenario."""
