"""Import of the original Human Simulacra data set (Xie et al.), quirks and all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from simulacra.biography import Story
from simulacra.characters import (
    CharacterSheet,
    FileProblemsError,
    Item,
    ItemKind,
    Questionnaire,
    Workspace,
    slugify,
    write_character,
)
from simulacra.dataset.align import align
from simulacra.dataset.original_files import (
    ENTRIES,
    INTRODUCTION,
    INTRODUCTIONS,
    MEMORIES,
    PROFILE,
    PROFILES,
    QUESTIONS,
    Source,
    find_root,
    validate,
)
from simulacra.dataset.original_notes import differences, names_left, remarks
from simulacra.dataset.original_parts import (
    items_of,
    memories_of,
    questionnaire_of,
    sheet_of,
    story_of,
    unheaded_lines,
)
from simulacra.errors import ImportRejectedError, SimulacraError
from simulacra.memory.record import MemoryRecord
from simulacra.memory.store import render_memories

T = TypeVar("T")

QUESTION_FILES: dict[ItemKind, str] = {
    "cloze": "Cloze.json",
    "single": "Single_choice.json",
    "multiple": "Multiple_choices.json",
}


@dataclass(frozen=True)
class Imported:
    """A character that is in the workspace now, and what is worth knowing about its files."""

    slug: str
    name: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """A character that was left out, and why; nothing of it is in the workspace."""

    name: str
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """What came of an import, character by character."""

    imported: tuple[Imported, ...]
    rejected: tuple[Rejected, ...]


def import_original(
    path: Path, workspace: Workspace, prefix: str = "", *, replace: bool = False
) -> ImportReport:
    """Import every character of the original data set under ``path``, each whole or not at all.

    Raises:
        ImportRejectedError: ``path`` is no such data set, or its lists of characters can't be
            read; nothing has changed.
    """
    source = Source(find_root(path))
    try:
        profiles = source.json(ENTRIES, PROFILES)
        introductions = {str(e.get("ID")): e for e in source.json(ENTRIES, INTRODUCTIONS)}
    except FileProblemsError as error:
        raise ImportRejectedError(error.what, error.mend) from error
    imported: list[Imported] = []
    rejected: list[Rejected] = []
    for number, entry in enumerate(profiles, start=1):
        introduction = introductions.pop(str(entry.get("ID")), None)
        name = _shown_name(introduction or {}) or _shown_name(entry) or f"entry {number}"
        try:
            draft = _read(source, entry, introduction, number)
            slug = slugify(prefix + slugify(draft.name))
            if slug in {done.slug for done in imported}:
                raise ImportRejectedError(f"{slug!r} is in this data set twice.", "Rename one.")
            draft.write(workspace.path / slug, replace=replace)
            imported.append(Imported(slug, name, draft.notes))
        except SimulacraError as error:
            rejected.append(Rejected(name, str(error)))
    met = {entry.name for entry in (*imported, *rejected)}
    for name in sorted(_names_in(source.root, introductions) - met):
        rejected.append(Rejected(name, f"{PROFILES} has no entry for it. Add one."))
    return ImportReport(tuple(imported), tuple(rejected))


@dataclass(frozen=True)
class _Draft:
    """A character, read whole and valid, not written yet."""

    sheet: CharacterSheet
    biography: str
    story: Story
    memories: list[MemoryRecord]
    questionnaire: Questionnaire | None
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.sheet.profile.name

    def write(self, folder: Path, *, replace: bool) -> None:
        write_character(
            folder,
            sheet=self.sheet,
            biography=self.biography,
            story_text=self.story.render(),
            questionnaire=self.questionnaire,
            memories=render_memories(self.memories),
            replace=replace,
        )


def _read(
    source: Source, entry: dict[str, Any], introduced: dict[str, Any] | None, number: int
) -> _Draft:
    profile = validate(source.root / PROFILES, PROFILE, entry, f"entry {number}")
    if introduced is None:
        raise ImportRejectedError(
            f"{INTRODUCTIONS} has no entry with the ID {profile.id!r}: there is no biography.",
            "Complete the file.",
        )
    introduction = validate(
        source.root / INTRODUCTIONS, INTRODUCTION, introduced, f"the entry with ID {profile.id!r}"
    )
    name = introduction.name
    if not introduction.content.strip():
        raise ImportRejectedError(f"{INTRODUCTIONS}: the Content of {name} is empty.", "Add it.")
    biography = "\n\n".join(re.split(r"\n\s*\n", introduction.content.strip())) + "\n"
    sheet = _or_reject(f"the profile of {name}", lambda: sheet_of(profile, introduction))
    story, lines, story_notes = _story(source, name)
    memories, memory_notes = _memories(source, name, lines)
    items, item_notes = _items(source, name)
    notes = [
        *differences(profile, introduction),
        *story_notes,
        *memory_notes,
        *item_notes,
        *names_left(profile.name, name, biography, story),
        *remarks(biography, story, memories),
    ]
    return _Draft(sheet, biography, story, memories, questionnaire_of(items), tuple(notes))


def _story(source: Source, name: str) -> tuple[Story, list[str], list[str]]:
    plain, titled = f"{name}.txt", f"{name}_with_chapter_title.txt"
    has_titles = source.has("Stories", name, titled)
    text = source.text(
        "Stories", name, plain if source.has("Stories", name, plain) or not has_titles else titled
    )
    story, notes = story_of(text, source.text("Stories", name, titled) if has_titles else None)
    if not story.paragraphs:
        raise ImportRejectedError(f"Stories/{name}/{plain} has no paragraph.", "Add the story.")
    return story, unheaded_lines(text), notes


def _memories(source: Source, name: str, lines: list[str]) -> tuple[list[MemoryRecord], list[str]]:
    file = f"Memories/{name}/long_memory.json"
    memories = source.json(MEMORIES, "Memories", name, "long_memory.json")
    if not memories:
        raise ImportRejectedError(f"{file} has no memory.", "Fetch it again, whole.")
    contents = [memory.memory.content for memory in memories.values()]
    created = datetime.now(UTC).replace(microsecond=0)
    sources, note = _or_reject(file, lambda: align(contents, lines))
    records = _or_reject(file, lambda: memories_of(memories, sources, created))
    return records, [note] if note else []


def _items(source: Source, name: str) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    notes: list[str] = []
    for kind, file in QUESTION_FILES.items():
        questions = source.json(QUESTIONS, "Questions", name, file)
        found, odd = _or_reject(
            f"Questions/{name}/{file}",
            lambda kind=kind, questions=questions: items_of(kind, questions),
        )
        items += found
        notes += odd
    return items, notes


def _or_reject(what: str, make: Callable[[], T]) -> T:
    """Make something of the data; what does not fit says where it stood."""
    try:
        return make()
    except ValueError as error:
        reason = str(error).replace("\n", " ")
        raise ImportRejectedError(
            f"{what}: {reason}.", "Compare it with the original's."
        ) from error


def _shown_name(entry: dict[str, Any]) -> str:
    """The name to report an entry under, however broken it is."""
    return str(entry.get("Name") or "")[:80]


def _names_in(root: Path, introductions: dict[str, dict[str, Any]]) -> set[str]:
    """Names with an introduction, a story, memories or questions."""
    names = {_shown_name(entry) for entry in introductions.values()}
    for part in ("Stories", "Memories", "Questions"):
        folder = root / part
        if folder.is_dir():
            names |= {f.name for f in folder.iterdir() if f.is_dir() and not f.name.startswith(".")}
    return names - {""}
