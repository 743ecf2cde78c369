from __future__ import annotations

import xml.etree.ElementTree as ElementTree
import zlib

from hypothesis import given
from hypothesis import strategies as st

from simulacra.dataset import png, portrait_png, portrait_svg
from simulacra.dataset.portrait import HEIGHT, WIDTH

SLUGS = ["mary-jones", "kevin-kelly", "sara-ochoa", "tami-clark", "robert-scott", "haley-collins"]


def test_a_slug_has_one_portrait_and_others_have_others() -> None:
    assert portrait_svg("mary-jones") == portrait_svg("mary-jones")
    assert len({portrait_svg(slug) for slug in SLUGS}) == len(SLUGS)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_the_drawing_is_sound_whatever_the_name(slug: str) -> None:
    root = ElementTree.fromstring(portrait_svg(slug))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {child.tag.partition("}")[2] for child in root} <= {"rect", "ellipse", "polygon"}


def test_the_picture_has_all_its_pixels() -> None:
    parts = dict(png.chunks(portrait_png("mary-jones")))
    assert len(zlib.decompress(parts[b"IDAT"])) == HEIGHT * (1 + 3 * WIDTH)
    assert list(parts) == [b"IHDR", b"IDAT", b"IEND"]
