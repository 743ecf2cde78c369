"""The original data set's parts, turned into ours: sheet, story, memories, questionnaire."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from simulacra.biography import Story
from simulacra.characters import (
    CharacterSheet,
    Item,
    ItemKind,
    Occupation,
    Profile,
    Provenance,
    Questionnaire,
    Traits,
)
from simulacra.dataset.original_files import (
    OriginalIntroduction,
    OriginalMemory,
    OriginalProfile,
    OriginalQuestion,
)
from simulacra.memory.record import MemoryRecord, Source

AUTHOR = "Xie et al., Human Simulacra"
LICENCE = "CC BY-NC-SA 4.0"
MODEL = "unknown (imported)"
DAYS_AFTER_BIRTHDAY = 180
"""The original gives ages, but no day they hold on: we take one half a year after a birthday."""

_HEADING = re.compile(r"^\s*(?:#|chapter title\s*:)[#\s]*(.*?)\s*$", re.IGNORECASE)
_LETTERED = re.compile(r"^\s*([A-Za-z])\s*[.):]\s*(.*)$", re.DOTALL)


def sheet_of(profile: OriginalProfile, introduction: OriginalIntroduction) -> CharacterSheet:
    """``character.yaml``: the name is the introduction's, the rest the profile's.

    Raises:
        ValueError: a date that is none, an empty attribute.
    """
    born = date.fromisoformat(profile.date_of_birth)
    return CharacterSheet(
        schema_version=1,
        as_of=_as_of(born, profile.age),
        profile=Profile(
            name=introduction.name,
            age=profile.age,
            gender=profile.gender,
            date_of_birth=born,
            occupation=Occupation(title=profile.occupation, isco=None),
            traits=Traits(ranking=(), descriptions=tuple(split_traits(profile.traits))),
            hobbies=split_list(profile.hobbies),
            family=profile.family,
            education=profile.education,
            short_term_goals=split_list(profile.short_term_goals),
            long_term_goal=profile.long_term_goal,
        ),
        extra={key: str(value) for key, value in introduction.extra.items() if str(value).strip()},
        knowledge=None,
        provenance=Provenance(
            author=AUTHOR,
            licence=LICENCE,
            note=f"Imported from the Human Simulacra data set, where it has the ID {profile.id}; "
            f"as_of is assumed to be {DAYS_AFTER_BIRTHDAY} days after a birthday.",
        ),
    )


def _as_of(born: date, age: int) -> date:
    day = timedelta(days=DAYS_AFTER_BIRTHDAY)
    try:
        return born.replace(year=born.year + age) + day
    except ValueError:  # born on 29 February, and that year has none
        return date(born.year + age, 3, 1) + day


def split_traits(text: str) -> list[str]:
    """Trait descriptions of a line like ``- I climb. - I sing. ``; blanks at ends go."""
    return [part.strip() for part in re.split(r"(?:^|\s)-\s+", text) if part.strip()]


def split_list(text: str) -> tuple[str, ...]:
    """The parts between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def story_of(plain: str, titled: str | None) -> tuple[Story, list[str]]:
    """The story with the chapter titles, if the file that has them has the same paragraphs."""
    story = _with_headings(plain)
    if titled is None:
        return story, []
    with_titles = _with_headings(titled)
    if with_titles.paragraphs != story.paragraphs:
        return story, ["the file with chapter titles has other paragraphs: not used"]
    return with_titles, [f"{len(with_titles.chapters)} chapter titles became headings"]


def _with_headings(text: str) -> Story:
    paragraphs: list[str] = []
    titles: list[tuple[str, int]] = []
    for line in text.split("\n"):
        if heading := _HEADING.match(line):
            titles.append((heading[1], len(paragraphs)))
        elif line.strip():
            paragraphs.append(line)
    blocks: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        blocks.extend(f"# {title}" for title, start in titles if start == number)
        blocks.append(paragraph)
    return Story.parse("\n\n".join(blocks))


def unheaded_lines(text: str) -> list[str]:
    """The lines of a story, blank ones too, without headings and the end's blank lines."""
    return [line for line in text.rstrip().split("\n") if not _HEADING.match(line)]


def memories_of(
    memories: Mapping[str, OriginalMemory],
    sources: Sequence[tuple[int, ...]],
    created: datetime,
) -> list[MemoryRecord]:
    """Long-term memories with the paragraphs they were made from.

    Raises:
        ValueError: an id that can't be one of ours.
    """
    return [
        MemoryRecord(
            id=key,
            kind="story",
            content=original.memory.content,
            thought=original.memory.thinking,
            emotion=original.memory.emotion,
            summary=original.summary,
            source=Source(paragraphs=paragraphs),
            created=created,
            model=MODEL,
        )
        for (key, original), paragraphs in zip(memories.items(), sources, strict=True)
    ]


def items_of(kind: ItemKind, questions: Sequence[OriginalQuestion]) -> tuple[list[Item], list[str]]:
    """Self-report items, and notes: letters become the options' texts.

    Empty questions are left out. An option that stands twice is told apart by a number, and
    keeps being right or wrong as its letter was.

    Raises:
        ValueError: counts, options or answers that make no item; the message names the question.
    """
    items: list[Item] = []
    notes: list[str] = []
    for number, question in enumerate(questions, start=1):
        if not question.question.strip():
            continue
        answers = tuple(a.strip() for a in question.answer if a.strip())
        options: list[tuple[str, str]] = []
        if kind != "cloze":
            options, repeated = _told_apart([_lettered(o) for o in question.options if o.strip()])
            if repeated:
                notes.append(f"{kind}-{number}: the option {repeated!r} stands twice, now numbered")
            by_letter = dict(options)
            answers = tuple(by_letter.get(a.rstrip(".)").upper(), _lettered(a)[1]) for a in answers)
        try:
            item = Item(
                id=f"{kind}-{number}",
                kind=kind,
                question=question.question,
                options=tuple(text for _, text in options),
                answer=answers,
                evidence=(),
            )
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ValueError(f"question {number}: {reason}") from None
        items.append(item)
    return items, notes


def _told_apart(options: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], str]:
    """Options with a number behind each text that stood before, and one such text."""
    apart: list[tuple[str, str]] = []
    repeated = ""
    for letter, text in options:
        before = sum(earlier.casefold() == text.casefold() for _, earlier in options[: len(apart)])
        repeated = text if before else repeated
        apart.append((letter, f"{text} ({before + 1})" if before else text))
    return apart, repeated


def _lettered(option: str) -> tuple[str, str]:
    """Letter and text of ``B. rowing``; an option without a letter is its own."""
    match = _LETTERED.match(option)
    return (match[1].upper(), match[2].strip()) if match else (option, option.strip())


def questionnaire_of(items: Sequence[Item]) -> Questionnaire | None:
    """The questionnaire, if any question was left."""
    return Questionnaire(schema_version=1, items=tuple(items)) if items else None
