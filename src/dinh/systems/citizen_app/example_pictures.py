"""Pictures for simulated reports: drawn, never photographed, and saying so on their face."""

from __future__ import annotations

import base64
import io
import json
import random
from importlib.resources import files
from typing import Final

from PIL import Image, ImageDraw, ImageFont

SIZE: Final = (960, 720)
HORIZON: Final = 330
WORD: Final = "MÔ PHỎNG"
FONTS: Final = "static/built/print_fonts.json"
_faces: dict[str, ImageFont.FreeTypeFont] = {}

type Colour = tuple[int, int, int]


def picture(category: str, seed: str, *, after: bool = False) -> bytes:
    """A JPEG of a street with what the category speaks of; `after` the work, without it."""
    chance = random.Random(f"{category}-{seed}")  # noqa: S311 - a picture to look at, not a secret
    image = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(image)
    night = category == "street_light"
    _ground(pen, chance, night=night)
    if not after:
        SCENES.get(category, _sign)(pen, chance)
    elif category in ("street_light", "power", "telecom"):
        _pole(pen, 620, lit=True)
    _stamp(image)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _ground(pen: ImageDraw.ImageDraw, chance: random.Random, *, night: bool) -> None:
    top, low = ((24, 32, 52), (52, 58, 82)) if night else ((154, 199, 226), (226, 236, 238))
    for y in range(HORIZON):
        share = y / HORIZON
        pen.line(((0, y), (SIZE[0], y)), fill=tuple(round(a + (b - a) * share) for a, b in zip(top, low, strict=True)))
    field: Colour = (44, 62, 48) if night else (118, 158, 92)
    pen.rectangle((0, HORIZON, *SIZE), fill=field)
    for _ in range(7):
        x, width, height = chance.randrange(0, 900), chance.randrange(60, 150), chance.randrange(50, 130)
        wall = chance.choice(((214, 196, 168), (196, 178, 160), (222, 214, 198), (176, 190, 196)))
        wall = (wall[0] // 3, wall[1] // 3, wall[2] // 3) if night else wall
        pen.rectangle((x, HORIZON - height, x + width, HORIZON + 6), fill=wall)
        pen.polygon(
            ((x - 8, HORIZON - height), (x + width // 2, HORIZON - height - 34), (x + width + 8, HORIZON - height)),
            fill=(152, 74, 58) if not night else (64, 34, 32),
        )
    road: Colour = (58, 60, 66) if night else (122, 122, 124)
    pen.polygon(((380, HORIZON), (580, HORIZON), (940, SIZE[1]), (20, SIZE[1])), fill=road)
    for step in range(5):
        y = HORIZON + 20 + step * step * 16 + step * 14
        pen.polygon(
            ((477, y), (483, y), (486 + step * 2, y + 14 + step * 6), (474 - step * 2, y + 14 + step * 6)),
            fill=(232, 226, 200),
        )


def _hole(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 4)):
        x, y = chance.randrange(250, 640), chance.randrange(470, 620)
        wide, high = chance.randrange(60, 140), chance.randrange(24, 46)
        pen.ellipse((x - wide, y - high, x + wide, y + high), fill=(84, 78, 74))
        pen.ellipse((x - wide + 16, y - high + 12, x + wide - 10, y + high - 4), fill=(52, 47, 45))


def _water(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    level = chance.randrange(440, 540)
    pen.rectangle((0, level, *SIZE), fill=(112, 128, 124))
    for _ in range(26):
        x, y = chance.randrange(0, 900), chance.randrange(level + 8, SIZE[1])
        pen.line(((x, y), (x + chance.randrange(30, 120), y)), fill=(150, 164, 158), width=3)


def _heap(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _ in range(46):
        x, y = chance.randrange(180, 560), chance.randrange(520, 650)
        size = chance.randrange(18, 52)
        colour = chance.choice(
            ((38, 40, 44), (226, 226, 220), (58, 102, 150), (170, 58, 48), (216, 178, 64), (96, 120, 78))
        )
        pen.ellipse((x, y, x + size, y + size * 0.8), fill=colour)


def _pole(pen: ImageDraw.ImageDraw, x: int, *, lit: bool, lean: int = 0) -> None:
    pen.line(((x, 640), (x + lean, 120)), fill=(92, 92, 96), width=14)
    pen.line(((x + lean, 126), (x + lean - 110, 110)), fill=(92, 92, 96), width=9)
    pen.ellipse((x + lean - 140, 98, x + lean - 92, 122), fill=(255, 232, 150) if lit else (70, 70, 74))


def _dark(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    _pole(pen, chance.randrange(560, 720), lit=False)


def _wires(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    _pole(pen, 240, lit=False, lean=chance.randrange(30, 90))
    for sag in range(4):
        slack = chance.randrange(380, 520)
        points = [(x, 170 + sag * 16 + (x - 260) * (760 - x) / slack) for x in range(260, 780, 20)]
        pen.line(points, fill=(30, 30, 34), width=4)


def _tree(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.line(((150, 560), (640, 500)), fill=(96, 70, 48), width=34)
    for _ in range(40):
        x, y = chance.randrange(480, 800), chance.randrange(400, 590)
        pen.ellipse((x, y, x + 66, y + 48), fill=(62 + chance.randrange(40), 112 + chance.randrange(30), 58))


def _smoke(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for step in range(34):
        x, y, size = 560 + step * 7 + chance.randrange(-26, 26), 470 - step * 12, 40 + step * 4
        grey = 96 + step * 3
        pen.ellipse((x, y, x + size, y + size), fill=(grey, grey, grey + 4))


def _stalls(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for x in (120, 300, 610):
        colour = chance.choice(((196, 62, 48), (46, 110, 160), (212, 160, 50)))
        pen.polygon(((x, 420), (x + 190, 420), (x + 160, 370), (x + 30, 370)), fill=colour)
        pen.rectangle((x + 14, 420, x + 176, 520), fill=(222, 206, 180))


def _bank(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.polygon(((0, 470), (420, 500), (520, 560), (430, 640), (520, 720), (0, 720)), fill=(120, 142, 152))
    pen.line(((420, 498), (524, 560), (436, 640), (524, 722)), fill=(94, 70, 52), width=18 + chance.randrange(8))


def _sign(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x = chance.randrange(220, 700)
    pen.line(((x, 640), (x, 330)), fill=(120, 120, 124), width=10)
    pen.polygon(((x - 74, 410), (x + 74, 410), (x, 282)), fill=(206, 52, 46))
    pen.polygon(((x - 50, 396), (x + 50, 396), (x, 310)), fill=(246, 236, 206))


SCENES: Final = {
    "road_damage": _hole, "bridge": _hole, "manhole": _hole, "flooding": _water, "waste": _heap, "street_light": _dark,
    "power": _wires, "telecom": _wires, "tree": _tree, "pollution": _smoke, "fire_risk": _smoke, "noise": _stalls,
    "pavement_use": _stalls, "construction": _stalls, "erosion": _bank, "salt_water": _bank, "water_supply": _water,
}  # fmt: skip


def _stamp(image: Image.Image) -> None:
    pen = ImageDraw.Draw(image)
    wide = sum(_face(letter).getlength(letter) for letter in WORD)
    # In the middle, so that no cropping takes it away.
    x, y = (SIZE[0] - wide) / 2, float(SIZE[1] - 66)
    pen.rectangle((x - 10, y - 6, x + wide + 12, y + 50), fill=(255, 253, 249))
    for letter in WORD:
        pen.text((x, y), letter, font=_face(letter), fill=(115, 87, 0))
        x += _face(letter).getlength(letter)


def _face(letter: str) -> ImageFont.FreeTypeFont:
    """The house's letters are parted by script; this is the part that has the letter."""
    name = "be-vietnam-pro-latin-600" if ord(letter) < 0x100 else "be-vietnam-pro-vietnamese-600"
    if name not in _faces:
        told = json.loads((files("dinh.web") / FONTS).read_text(encoding="utf-8"))
        _faces[name] = ImageFont.truetype(io.BytesIO(base64.b64decode(told[name])), 38)
    return _faces[name]
