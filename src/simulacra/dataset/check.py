"""``simulacra characters check``: what a program can prove of a character."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from simulacra.biography import Story, read_history
from simulacra.biography.ledger import LEDGER, check_ledger, read_ledger
from simulacra.characters import Character, FileProblemsError, Problem, problems_in
from simulacra.characters.files import Level
from simulacra.dataset.check_items import check_memories
from simulacra.dataset.check_text import (
    check_biography,
    check_likeness,
    check_repeats,
    check_story,
    paragraph_lines,
)
from simulacra.dataset.expectations import check_expectations, read_expectations
from simulacra.evaluation.item_rules import check_questionnaire
from simulacra.inference import EmbeddingCache
from simulacra.memory import memories_of, read_memories

T = TypeVar("T")


def check_formats(folder: Path) -> list[Problem]:
    """Every error of format in a character's folder: if none, ``read_character`` reads it."""
    problems = problems_in(folder)
    _, more = _tried(lambda: read_memories(folder / "memories.jsonl"))
    return [*problems, *more]


async def check(character: Character, embeddings: EmbeddingCache | None = None) -> list[Problem]:
    """Check all that a program can prove of a character's files; errors first.

    Without embeddings, near-duplicates are found by their words alone, and a warning says so.
    Shipped characters are held to more: what is a warning elsewhere is an error with them.
    """
    folder = character.folder
    severe: Level = "error" if character.shipped else "warning"
    found = check_formats(folder)
    story = Story.parse(character.story_text)
    if character.biography.strip():
        found += check_biography(character, folder / "biography.md", severe)
    else:
        found.append(_missing(folder / "biography.md", "error", "simulacra biography write"))
    file = folder / "story.md"
    if story.paragraphs:
        lines = paragraph_lines(character.story_text)
        found += check_story(character, story, file, severe)
        found += check_repeats(story.paragraphs, lines, file, severe)
        if embeddings is not None:
            found += await check_likeness(story.paragraphs, lines, file, severe, embeddings)
        else:
            what = "near-duplicates were not looked for by embedding."
            found.append(Problem(file, None, what, "`simulacra models pull` gets one.", "warning"))
    else:
        found.append(_missing(file, "error", "simulacra story expand"))
    memories, _ = _tried(lambda: memories_of(character))
    if memories:
        found += check_memories(memories, story, character.memories_path, severe)
    elif memories is not None:
        found.append(_missing(character.memories_path, severe, "simulacra memory build"))
    found += _check_history(character)
    expectations, problems = _tried(lambda: read_expectations(character))
    found += problems
    if not problems:
        checked, problems = _tried(
            lambda: list(check_expectations(character, expectations, story, severe))
        )
        found += [*(checked or ()), *problems]
    file = folder / "questionnaire.yaml"
    if character.questionnaire is None:
        found.append(_missing(file, severe, ""))
    else:
        found += check_questionnaire(character, character.questionnaire, story, file, severe)
    return sorted(set(found), key=lambda f: (f.level, str(f.file), f.line or 0, f.message))


def _check_history(character: Character) -> list[Problem]:
    """Whether the history replays to the story, and what contradicts itself in the ledger."""
    found: list[Problem] = []
    history, problems = _tried(lambda: read_history(character))
    found += problems
    story = Story.parse(character.story_text)
    if history is not None and history.events and history.story != story:
        what = "the story is not what its history gives: somebody changed story.md."
        mend = "The next `simulacra story` command takes the change over."
        found.append(Problem(character.folder / "story.md", None, what, mend, "warning"))
    ledger, problems = _tried(lambda: read_ledger(character))
    found += problems
    if ledger is not None and (character.folder / LEDGER).exists():
        found += [
            Problem(character.folder / LEDGER, None, flag.message, "Mend one of them.", "warning")
            for flag in check_ledger(ledger)
        ]
    return found


def _tried(read: Callable[[], T]) -> tuple[T | None, tuple[Problem, ...]]:
    try:
        return read(), ()
    except FileProblemsError as error:
        return None, error.problems


def _missing(file: Path, level: Level, command: str) -> Problem:
    mend = f"`{command}` makes it." if command else "Write it."
    return Problem(file, None, "the file is missing or empty.", mend, level)
