"""What an answer says, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "empty", "refused", "none", "several", "unsure", "denied", "listed", "unknown",
    "contradictory", "long",
]  # fmt: skip
"""Why an answer can't be read.

``empty``: no word, or nothing but thoughts. ``refused``: it will not or can not answer. ``none``:
nothing that was asked for is in it. ``several``: more than one option of a single choice.
``unsure``: alternatives ("B or D"), "yes and no", a list half taken back. ``denied``: it only says
which options are wrong. ``listed``: all options repeated and none chosen. ``unknown``: a letter
that no option has. ``contradictory``: a letter beside another option's text. ``long``: so many
words to a question for one that whatever stands in them is chance.
"""


@dataclass(frozen=True)
class Reading:
    """What was said, or why it can't be read: the second is never taken for the first.

    ``said`` holds the texts of the options chosen, in the order shown; the accepted answer that
    stands in a cloze's answer, none where it is another; or "yes" or "no". Texts and not letters,
    so that a reading means the same however the options were shuffled.
    """

    said: tuple[str, ...] = ()
    unparsed: Reason | None = None

    def __post_init__(self) -> None:
        if self.said and self.unparsed:
            raise ValueError("a reading that says something is not unparsed")

    @property
    def parsed(self) -> bool:
        """Whether the answer could be read."""
        return self.unparsed is None
