"""Options in another order for each repeat, by a recorded seed, and lettered anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from simulacra.characters import Item

LETTERS = "ABCDEF"
"""As many as an item has options at most."""


@dataclass(frozen=True)
class Shuffled:
    """The options of an item as they are shown, and what it takes to show them so again.

    ``order[place]`` is where the option shown at ``place`` stands in the item. A cloze has none.
    """

    item: str
    seed: int
    repeat: int
    order: tuple[int, ...]
    options: tuple[str, ...]

    def lettered(self) -> tuple[str, ...]:
        """The options with the letters they are shown under: ``A. ...``, ``B. ...``."""
        return tuple(
            f"{letter}. {option}" for letter, option in zip(LETTERS, self.options, strict=False)
        )

    def letters_of(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The letters under which options are shown, in order.

        Raises:
            ValueError: a text is none of the options.
        """
        return tuple(sorted(LETTERS[self.options.index(text)] for text in texts))

    def undone(self) -> tuple[str, ...]:
        """The options in the item's own order."""
        places = sorted(range(len(self.order)), key=self.order.__getitem__)
        return tuple(self.options[place] for place in places)


def shuffle(item: Item, *, seed: int, repeat: int) -> Shuffled:
    """The item's options in the order that seed, item and repeat decide.

    Nothing else decides it: not the method, the model, or which items were asked before; and not
    Python's version, for the order is that of digests.
    """
    order = tuple(drawn(range(len(item.options)), f"{seed}/{item.id}/{repeat}"))
    return Shuffled(
        item=item.id,
        seed=seed,
        repeat=repeat,
        order=order,
        options=tuple(item.options[place] for place in order),
    )


def drawn(numbers: Sequence[int], key: str) -> list[int]:
    """Numbers in an order that looks random and is the same for the same key, everywhere."""
    return sorted(numbers, key=lambda number: sha256(f"{key}/{number}".encode()).digest())
