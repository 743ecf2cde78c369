"""The arithmetic of rehearsal and fading: pure functions of turns and counts.

After Atkinson and Shiffrin (1968) an item in the short-term store is lost unless it is rehearsed,
and rehearsal is what carries it over into the long-term store. How fast it is lost follows
Ebbinghaus: retention falls exponentially, slower the steadier the item, and each rehearsal makes
it steadier. Time is counted in turns of the conversation: a pause of a night costs nothing.
"""

from __future__ import annotations

import math

STABILITY = 12.0
"""Turns after which an item that was never rehearsed has faded to 1/e."""
STEADIER = 1.0
"""By how many times ``STABILITY`` each rehearsal makes an item steadier."""
THRESHOLD = 0.1
"""The strength under which an item has faded: about 28 turns without any rehearsal."""
REHEARSALS = 3
"""How often an item is rehearsed until it is due for consolidation."""


def stability(rehearsals: int) -> float:
    """Turns until the strength of an item has fallen to 1/e; grows with each rehearsal."""
    return STABILITY * (1.0 + STEADIER * rehearsals)


def strength(idle: int, rehearsals: int) -> float:
    """Retention in (0, 1] of an item not rehearsed for ``idle`` turns: exp(-idle / stability)."""
    return math.exp(-max(idle, 0) / stability(rehearsals))


def faded(idle: int, rehearsals: int) -> bool:
    """Whether an item's strength has fallen under ``THRESHOLD``."""
    return strength(idle, rehearsals) < THRESHOLD


def due(rehearsals: int) -> bool:
    """Whether an item has been rehearsed often enough to be consolidated."""
    return rehearsals >= REHEARSALS
