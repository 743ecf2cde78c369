"""What a turn tells while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulacra.cognition.scene import Scene
from simulacra.cognition.trace import Phase as PhaseName
from simulacra.cognition.trace import Trace
from simulacra.memory import Item


@dataclass(frozen=True)
class Phase:
    """A phase of the turn begins."""

    name: PhaseName


@dataclass(frozen=True)
class Said:
    """A piece of the response, as it comes from the model."""

    text: str


@dataclass(frozen=True)
class Considered:
    """The end of a method's inner work: what is in working memory when the answer begins.

    ``rehearsed`` are the items of short-term memory that were recalled, ``hints`` what comes to
    mind about oneself, ``also`` what reflection brought after the memories in the scene,
    ``recognized`` the choices that were found true.
    """

    scene: Scene
    trace: Trace
    rehearsed: tuple[Item, ...] = ()
    hints: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    recognized: tuple[str, ...] = ()

    def hearing(self, words: str) -> Considered:
        """The same, when the stimulus ends in other words, such as options in another order."""
        return replace(self, scene=replace(self.scene, stimulus=words))
