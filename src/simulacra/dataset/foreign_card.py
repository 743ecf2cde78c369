"""A card that another program made becomes a character: what it tells, and a list of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from simulacra.biography import sentences
from simulacra.characters import (
    CharacterSheet,
    Occupation,
    Profile,
    Provenance,
    Traits,
    Utterance,
)
from simulacra.characters.folder import BIOGRAPHY, MEMORIES, SHEET
from simulacra.characters.yaml_files import dump_yaml
from simulacra.dataset.card_format import BookEntry, CardData
from simulacra.dataset.original_parts import DAYS_AFTER_BIRTHDAY, MODEL
from simulacra.memory.record import MemoryRecord, Source
from simulacra.memory.store import render_memories

UNTOLD = "not told"
ASSUMED_AGE = 30
MAX_LINE = 2_000

_AGE = re.compile(r"""\bage\b["'(\[\s:=]{1,6}(\d{1,3})(?!\d)""", re.IGNORECASE)
_SAID = re.compile(r"^\s*(\{\{user\}\}|\{\{char\}\}|[^:\n]{1,60}):\s*(.*?)\s*$", re.IGNORECASE)
_LEFT_OUT = (
    "first_mes",
    "alternate_greetings",
    "system_prompt",
    "post_history_instructions",
    "creator_notes",
    "tags",
    "extensions",
)


def character_of(data: CardData, today: date) -> tuple[dict[str, str], tuple[str, ...]]:
    """The texts of a character's files, and notes: what was assumed, is missing, was left out.

    Description, personality and scenario become the biography, personality the trait
    descriptions, the examples the samples of speech, and each entry of the book a memory that was
    told. Nothing that orders a program about is taken over.

    Raises:
        ValueError: the card tells nothing that makes a character.
    """
    name = " ".join(data.name.split())
    told = [_spoken(text, name) for text in (data.description, data.personality, data.scenario)]
    biography = "\n\n".join(text for text in told if text)
    age, read = _age(biography)
    born = today.replace(year=today.year - age, day=1) - timedelta(days=DAYS_AFTER_BIRTHDAY)
    traits = [s[:MAX_LINE] for line in told[1].splitlines() for s in sentences(line) if len(s) > 2]
    voice = tuple(_voice(data.mes_example, name))
    records = _memories(data, name, today)
    sheet = CharacterSheet(
        as_of=today,
        profile=Profile(
            name=name,
            age=age,
            gender=UNTOLD,
            date_of_birth=born,
            occupation=Occupation(title=UNTOLD),
            traits=Traits(ranking=(), descriptions=tuple(traits) or (UNTOLD,)),
            hobbies=(),
            family=UNTOLD,
            education=UNTOLD,
            short_term_goals=(),
            long_term_goal=UNTOLD,
        ),
        voice=voice,
        provenance=Provenance(
            author=" ".join(data.creator.split())[:200] or "unknown",
            licence="unknown",
            note="Imported from a character card; "
            + ("the day of birth is assumed." if read else "age and day of birth are assumed."),
        ),
    )
    texts = {
        SHEET: dump_yaml(sheet),
        BIOGRAPHY: f"{biography}\n" if biography else "",
        MEMORIES: render_memories(records),
    }
    aged = "the day of birth" if read else f"the age ({age}) and the day of birth"
    missing = [
        "gender, occupation, family, education, hobbies and goals as attributes of their own",
        "a ranking of tendencies" if traits else "traits",
        *(["a biography"] if not biography else []),
        *(["samples of speech"] if not voice else []),
        *(["memories"] if not records else []),
        "a life story, a questionnaire",
    ]
    left = [field for field in _LEFT_OUT if getattr(data, field)]
    off = sum(1 for e in (data.character_book.entries if data.character_book else ()) if not _on(e))
    notes = (
        f"assumed: {aged}; `simulacra characters edit` mends it",
        f"missing: {'; '.join(missing)}",
        *([f"left out: {', '.join(left)}"] if left else []),
        *([f"left out: {off} entries of the book that are switched off or empty"] if off else []),
    )
    return {file: text for file, text in texts.items() if text}, notes


def _on(entry: BookEntry) -> bool:
    return entry.enabled and bool(entry.content.strip())


def _spoken(text: str, name: str) -> str:
    """A text with the card's marks for the two who talk put into words."""
    text = re.sub(r"\{\{char\}\}|<BOT>|<char>", lambda _: name, text, flags=re.IGNORECASE)
    text = re.sub(r"\{\{user\}\}|<USER>", "the other person", text, flags=re.IGNORECASE)
    return text.replace("\r\n", "\n").strip()


def _age(text: str) -> tuple[int, bool]:
    """The age that a text names in so many words (``Age: 27``), and whether it does."""
    match = _AGE.search(text)
    age = int(match[1]) if match else -1
    return (age, True) if 0 <= age <= 130 else (ASSUMED_AGE, False)


def _voice(examples: str, name: str) -> Iterator[Utterance]:
    """What was said to her and what she said, pair by pair."""
    heard = ""
    for line in examples.replace("\r\n", "\n").split("\n"):
        match = _SAID.match(line)
        if not match:
            heard = "" if line.strip() else heard
            continue
        who, text = match[1].strip().casefold(), _spoken(match[2], name)
        if who in ("{{char}}", name.casefold()):
            if heard and 0 < len(text) <= MAX_LINE:
                yield Utterance(heard=heard, said=text)
            heard = ""
        else:
            heard = text if len(text) <= MAX_LINE else ""


def _memories(data: CardData, name: str, today: date) -> list[MemoryRecord]:
    entries = data.character_book.entries if data.character_book else ()
    made: list[MemoryRecord] = []
    for number, entry in enumerate(entries):
        if not _on(entry):
            continue
        content = _spoken(entry.content, name)
        record = MemoryRecord(
            id=f"told-{number:03}",
            kind="told",
            content=content,
            summary=_spoken(entry.comment or entry.name, name) or sentences(content)[0],
            source=Source(),
            created=datetime.combine(today, time(), UTC),
            model=MODEL,
        )
        made.append(record)
    return made
