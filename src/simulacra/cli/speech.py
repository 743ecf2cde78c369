"""Words as they come: wrapped at the terminal's width, after a one-line status."""

from __future__ import annotations

import shutil
import sys


class Speech:
    """Writes an answer piece by piece. ``width`` is in columns; ``None`` wraps nothing."""

    def __init__(self, speaker: str, width: int | None = 0) -> None:
        self.speaker = speaker
        self.width = shutil.get_terminal_size().columns if width == 0 else width
        self.terminal = sys.stdout.isatty()
        self._column = 0
        self._word = ""
        self._begun = False
        self._status = False

    def status(self, doing: str) -> None:
        """Say in one line what the person does before she answers (terminals only)."""
        if self.terminal and not self._begun:
            self._write(f"\r\x1b[2K{self.speaker}({doing} …)")
            self._status = True

    def say(self, piece: str) -> None:
        """Write a piece of the answer; a word appears when it is whole."""
        if not self._begun:
            self._clear()
            self._begun = True
            self._write(self.speaker)
            self._column = len(self.speaker)
            piece = piece.lstrip()
        for character in piece:
            if character.isspace():
                self._put_word()
                self._put_space(character)
            else:
                self._word += character

    def end(self) -> None:
        """Write what is left and close the paragraph."""
        self._put_word()
        if self._begun:
            self._write("\n\n")
        else:
            self._clear()
        self._begun, self._column = False, 0

    def _put_word(self) -> None:
        if not self._word:
            return
        if self.width and self._column + len(self._word) > self.width and self._column:
            self._write("\n")
            self._column = 0
        self._write(self._word)
        self._column += len(self._word)
        self._word = ""

    def _put_space(self, character: str) -> None:
        if character == "\n":
            self._write("\n")
            self._column = 0
        elif self._column and (not self.width or self._column < self.width):
            self._write(" ")
            self._column += 1

    def _clear(self) -> None:
        if self._status:
            self._write("\r\x1b[2K")
            self._status = False

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
