"""Mood over a conversation, as a small curve: a pure function from moods to a picture."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from simulacra.cognition import Mood

WIDTH, HEIGHT, EDGE = 320, 96, 8
"""Of the picture, in its own units; it is shown as wide as there is room."""


def mood_curve(moods: Sequence[tuple[int, Mood]], name: str) -> Markup:
    """An SVG of valence (-1 to 1, a line with points) and arousal (0 to 1, dashed) by turn.

    Its text alternative tells the first, the lowest, the highest and the last mood. Empty without
    a mood.
    """
    if not moods:
        return Markup("")
    first, last = moods[0][0], moods[-1][0]

    def x(number: int) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * (
            (number - first) / (last - first) if last > first else 1
        )

    def y(share: float) -> float:
        return EDGE + (HEIGHT - 2 * EDGE) * (1 - share)

    valence = [(x(number), y((mood.valence + 1) / 2)) for number, mood in moods]
    arousal = [(x(number), y(mood.arousal)) for number, mood in moods]
    end_x, end_y = valence[-1]
    return Markup(
        '<svg class="mood-curve" role="img" viewBox="0 0 {width} {height}" aria-label="{words}">'
        '<line class="rest" x1="{edge}" x2="{right}" y1="{middle}" y2="{middle}"/>'
        '<polyline class="arousal" points="{arousal}"/>'
        '<polyline class="valence" points="{valence}"/>'
        '<circle class="now" cx="{end_x}" cy="{end_y}" r="4"/></svg>'
    ).format(
        width=WIDTH,
        height=HEIGHT,
        edge=EDGE,
        right=WIDTH - EDGE,
        middle=_short(y(0.5)),
        words=_told(moods, name),
        arousal=_points(arousal),
        valence=_points(valence),
        end_x=_short(end_x),
        end_y=_short(end_y),
    )


def _told(moods: Sequence[tuple[int, Mood]], name: str) -> str:
    """What the picture shows, in words."""
    number, mood = moods[-1]
    now = f"{name}'s mood after turn {number + 1}: {_named(mood)}."
    if len(moods) == 1:
        return now
    least = min(moods, key=lambda one: one[1].valence)
    most = max(moods, key=lambda one: one[1].valence)
    return (
        f"{now} It began {_named(moods[0][1])}; lowest at turn {least[0] + 1}: "
        f"{_named(least[1])}; highest at turn {most[0] + 1}: {_named(most[1])}."
    )


def _named(mood: Mood) -> str:
    return f"{mood.words()} (valence {mood.valence:+.2f}, arousal {mood.arousal:.2f})"


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in places)


def _short(number: float) -> str:
    return f"{number:.1f}"
