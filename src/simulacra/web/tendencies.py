"""The ranking of the eight tendencies as a picture: an order, and no measure."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from simulacra.characters import DESCRIPTIONS_PER_RANK, TENDENCY_NAMES, Tendency

ROW, AXIS, UNIT, WIDTH = 30, 262, 22, 360
"""Height of a row, where the bars begin, what a description is long, and the whole, in units."""


def ranking_text(ranking: Sequence[Tendency]) -> str:
    """The ranking in words, for those who don't see the picture."""
    named = ", ".join(f"{place} {TENDENCY_NAMES[one]}" for place, one in enumerate(ranking, 1))
    return f"Tendencies from the strongest to the weakest: {named}."


def ranking_svg(ranking: Sequence[Tendency]) -> Markup:
    """The picture of a ranking; colours are the page's.

    The four strong tendencies go to the right, the four weak ones to the left. A bar is as long as
    the rank has descriptions in a profile (paper, Section 3.2): 4, 3, 2, 1, 1, 2, 3, 4.
    """
    rows = Markup("").join(_row(place, one) for place, one in enumerate(ranking))
    return Markup(
        '<svg class="ranking" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" '
        'aria-label="{}"><line class="axis" x1="{}" y1="2" x2="{}" y2="{}"/>{}</svg>'
    ).format(
        *(WIDTH, ROW * len(ranking), ranking_text(ranking)),
        *(AXIS, AXIS, ROW * len(ranking) - 2, rows),
    )


def _row(place: int, tendency: Tendency) -> Markup:
    strong = place < len(DESCRIPTIONS_PER_RANK) // 2
    length = DESCRIPTIONS_PER_RANK[place] * UNIT
    return Markup(
        '<text x="14" y="{}" class="place">{}</text><text x="26" y="{}">{}</text>'
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>'
    ).format(
        *(ROW * place + 20, place + 1, ROW * place + 20, TENDENCY_NAMES[tendency].capitalize()),
        *("strong" if strong else "weak", AXIS if strong else AXIS - length, ROW * place + 7),
        *(length, ROW - 14),
    )
