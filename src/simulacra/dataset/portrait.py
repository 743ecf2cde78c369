"""A portrait that nobody sat for: a face drawn from a name's digest, the same on every machine.

It is abstract on purpose, in the tones of one colour: lots settle it, and it says nothing of who a
person is. Two people of one name look alike, and a change of the profile changes no face.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import sqrt
from typing import TypeVar

T = TypeVar("T")

WIDTH, HEIGHT = 400, 600

_GROUNDS = ("#dbe7e4", "#e9e1d3", "#d7e0ee", "#ead9d6", "#e3e6cf", "#dcd8e8", "#cfe3e8", "#efe4c8")
_FACES = (
    ("#efcfae", "#6b4326"),
    ("#cbd9bd", "#3c5638"),
    ("#c3d6e6", "#2c4666"),
    ("#ecc5c3", "#74313c"),
    ("#d6c9e4", "#4d3768"),
    ("#bfe0da", "#22565a"),
    ("#e9dca6", "#665a1f"),
    ("#d3d0cb", "#45484d"),
)
"""A light and a dark tone of one colour: no skin and no hair of anybody's."""
_CLOTHES = ("#35516e", "#7a3b3f", "#3f6b54", "#6b5636", "#54466f", "#2f5f66", "#8a5a3a", "#4a4f57")
_INK = "#2a2422"


@dataclass(frozen=True)
class _Oval:
    """A filled ellipse, or what of it is between the heights ``top`` and ``bottom``."""

    x: float
    y: float
    rx: float
    ry: float
    fill: str
    top: float = 0
    bottom: float = HEIGHT

    def half_width(self, height: float) -> float:
        """How far it reaches to either side at a height; under 0 where it is not."""
        if not self.top <= height <= self.bottom or abs(height - self.y) > self.ry:
            return -1
        return self.rx * sqrt(1 - ((height - self.y) / self.ry) ** 2)

    def svg(self) -> str:
        """The element of SVG."""
        high, low = max(self.top, self.y - self.ry), min(self.bottom, self.y + self.ry)
        if (high, low) == (self.y - self.ry, self.y + self.ry):
            size = f'cx="{self.x:g}" cy="{self.y:g}" rx="{self.rx:g}" ry="{self.ry:g}"'
            return f'<ellipse {size} fill="{self.fill}"/>'
        steps = [high + (low - high) * i / 48 for i in range(49)]
        edge = [(self.half_width(min(max(y, high), low)), y) for y in steps]
        corners = [(self.x + w, y) for w, y in edge] + [(self.x - w, y) for w, y in reversed(edge)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        return f'<polygon points="{points}" fill="{self.fill}"/>'


@dataclass(frozen=True)
class _Picture:
    ground: str
    ovals: tuple[_Oval, ...]


def portrait_svg(slug: str) -> str:
    """The portrait of a character as an SVG image of 400 by 600, to stand in a page or a file."""
    picture = _drawn(slug)
    ovals = "".join(oval.svg() for oval in picture.ovals)
    label = escape(f"A drawing that stands for {slug}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{label}"><rect width="{WIDTH}" height="{HEIGHT}" fill="{picture.ground}"/>'
        f"{ovals}</svg>"
    )


def portrait_png(slug: str) -> bytes:
    """The same portrait as a PNG image of 400 by 600 pixels."""
    picture = _drawn(slug)
    rows = b"".join(b"\0" + _row(picture, number + 0.5) for number in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _row(picture: _Picture, height: float) -> bytes:
    """One row of pixels: each oval paints a run of them, its two edges by their share."""
    row = bytearray(bytes.fromhex(picture.ground[1:]) * WIDTH)
    for oval in picture.ovals:
        if (half := oval.half_width(height)) <= 0:
            continue
        left, right = max(oval.x - half, 0.0), min(oval.x + half, float(WIDTH))
        colour = bytes.fromhex(oval.fill[1:])
        first, last = int(left) + 1, int(right)
        if last > first:
            row[3 * first : 3 * last] = colour * (last - first)
        for pixel, share in ((int(left), first - left), (last, right - last)):
            if pixel < WIDTH:
                for i, channel in enumerate(colour, start=3 * pixel):
                    row[i] = round(row[i] + (channel - row[i]) * share)
    return bytes(row)


def _lots(slug: str) -> Iterator[int]:
    """Numbers from 0 to 255 without end, settled by the slug."""
    block = slug.encode("utf-8", "replace")
    while True:
        block = hashlib.sha256(block).digest()
        yield from block


def _drawn(slug: str) -> _Picture:
    lots = _lots(slug)

    def of(choices: tuple[T, ...]) -> T:
        return choices[next(lots) % len(choices)]

    def between(low: float, high: float) -> float:
        return round(low + (high - low) * next(lots) / 255, 1)

    ground, (skin, hair), cloth = of(_GROUNDS), of(_FACES), of(_CLOTHES)
    rx, ry, y = between(88, 108), between(118, 138), between(248, 262)
    eye, apart, brow = between(8, 12), between(36, 46), between(22, 32)
    nose, mouth, lips = between(11, 17), between(24, 38), y + ry * 0.52
    shade = _mixed(skin, _INK, 0.18)
    length = of(("cropped", "short", "short", "long", "long", "bun", "bun", "cropped"))
    fringe = y - ry * between(0.35, 0.6)
    ovals: list[_Oval] = []
    if length == "bun":
        ovals.append(_Oval(200, y - ry - 22, 44, 40, hair))
    if length == "long":
        ovals.append(_Oval(200, y + 46, rx + between(24, 38), ry + 60, hair))
    ovals += [
        _Oval(200, 640, between(165, 190), between(175, 195), cloth),
        _Oval(200, y + ry + 10, 44, 78, shade),
        *(_Oval(200 + side * rx, y + 8, 16, 26, shade) for side in (-1, 1)),
    ]
    if length != "cropped":
        ovals.append(_Oval(200, y - 8, rx + 15, ry + 16, hair, bottom=y + 20))
    ovals.append(_Oval(200, y, rx, ry, skin))
    ovals.append(_Oval(200, y - 4, rx + 3, ry + 9, hair, bottom=fringe))
    for side in (-1, 1):
        x = 200 + side * apart
        ovals += [
            _Oval(x, y - 6, eye + 5, eye, "#ffffff"),
            _Oval(x + 1, y - 6, eye - 3, eye - 3, _INK),
            _Oval(x, y - 6 - brow, 22, 6, _mixed(hair, _INK, 0.4)),
        ]
    ovals += [
        _Oval(200, y + ry * 0.2, nose, nose * 1.3, shade, top=y + ry * 0.2),
        _Oval(200, lips, mouth, between(9, 20), _mixed("#a8483f", skin, 0.25), top=lips),
    ]
    if next(lots) % 4 == 0:  # glasses: two rings, the glass of the skin's colour, the eyes again
        ovals = [*ovals, *_glasses(y, apart, skin, eye)]
    return _Picture(ground, tuple(ovals))


def _glasses(y: float, apart: float, skin: str, eye: float) -> Iterator[_Oval]:
    yield _Oval(200, y - 6, apart - 20, 3, _INK)
    for side in (-1, 1):
        x = 200 + side * apart
        yield _Oval(x, y - 6, 32, 28, _INK)
        yield _Oval(x, y - 6, 28, 24, skin)
        yield _Oval(x, y - 6, eye + 5, eye, "#ffffff")
        yield _Oval(x + 1, y - 6, eye - 3, eye - 3, _INK)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in pairs).hex()
