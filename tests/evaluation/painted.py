"""A painter of boats whose life is long and plain, and a model that drafts questions on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel
from questioned import bo

from simulacra.characters import Character, read_character, write_file
from simulacra.inference import ScriptedCall
from simulacra.inference.scripted import ScriptedAnswer

CHAPTERS, PARAGRAPHS = 8, 8
_FIRST = ("Tor", "Ber", "Kar", "Mel", "Sig", "Vil", "Hal", "Dag")
_LAST = ("avin", "emund", "idda", "olva", "ulrik", "yrsa", "ebba", "ansel")
_SENTENCE = re.compile(r"In (\d{4}) Bo painted skiff number (\d+) for (\w+) of the harbor\.")
WRONG = ("I sold timber abroad", "My wrist was broken twice", "Danish lessons by mail")
WRONG_BOATS = ("A raft of Kaspar's", "A kayak of Lisbet's", "A canoe of Quentin's")


def sentence(number: int) -> str:
    """The one sentence of a paragraph of the story."""
    first, last = divmod(number, len(_LAST))
    name = _FIRST[first] + _LAST[last]
    return f"In {1900 + number} Bo painted skiff number {number + 100} for {name} of the harbor."


def painter(workspace: Path) -> Character:
    """Write Bo with another story: eight chapters of eight paragraphs of a sentence."""
    folder = bo(workspace).folder
    (folder / "questionnaire.yaml").unlink()
    blocks = [
        block
        for chapter in range(CHAPTERS)
        for block in (
            f"# Chapter {chapter}",
            *(sentence(chapter * PARAGRAPHS + at) for at in range(PARAGRAPHS)),
        )
    ]
    write_file(folder / "story.md", "\n\n".join(blocks) + "\n")
    return read_character(folder)


def shipped(character: Character) -> Character:
    """The same as if it came with the program."""
    return replace(character, shipped=True)


def form(schema: type[BaseModel] | None, user: str) -> dict[str, object]:
    """A right answer to a form, from the passage that the prompt shows."""
    told = [(match[0], *match.groups()) for match in _SENTENCE.finditer(user)]
    quote, year, skiff, name = told[0]
    match schema.__name__ if schema else "":
        case "ClozeForm":
            question = f"For whom did you paint skiff number {skiff}?"
            return {"question": question, "answers": [name], "quote": quote}
        case "SingleForm":
            right = {"text": f"I painted skiff number {skiff}", "quote": quote}
            return {"question": f"What did you do in {year}?", "right": right, "wrong": WRONG}
        case "MultipleForm":
            rights = [
                {"text": f"Skiff number {skiff} of {name}", "quote": quote}
                for quote, _, skiff, name in told[:3]
            ]
            question = f"Which three of these boats had paint of yours from {year} on?"
            return {"question": question, "right": rights, "wrong": WRONG_BOATS}
        case other:
            raise AssertionError(other)


def author(
    spoil: Callable[[ScriptedCall, dict[str, object]], dict[str, object]] = lambda _, form: form,
) -> Callable[[ScriptedCall], ScriptedAnswer]:
    """A model that fills in every form rightly, then ``spoil`` changes what it likes."""
    return lambda call: spoil(call, form(call.schema, call.user))
