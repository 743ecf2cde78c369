"""A character as a Tavern card: what others' programs read, and the whole of it for ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from simulacra.biography import sentences
from simulacra.characters import Character
from simulacra.dataset.book import FICTION
from simulacra.dataset.card_format import NAMES, OURS, OurPart, Spec
from simulacra.dataset.quality import names_in
from simulacra.dataset.variety import words_of
from simulacra.memory import MemoryRecord, memories_of

KEYS = 6
"""A memory is found by so many words at most …"""
COMMON = 0.15
"""… none of which is in more than this part of all memories …"""
KEY_LETTERS = 5
"""… and each of which is a name, or has so many letters."""
BOOK_DEPTH, BOOK_TOKENS = 4, 800

STAYS = (
    "Other programs see the biography, the traits, samples of speech and the memories. "
    "Story, questionnaire, ledger, expectations and revisions go along for Simulacra alone "
    "(extensions.simulacra); conversations and what was measured stay here."
)


def card_of(character: Character, texts: Mapping[str, str], spec: Spec) -> dict[str, Any]:
    """The card of a character, whose files have these texts.

    Raises:
        CharacterInvalidError: the memories do not validate.
    """
    name, version = NAMES[spec]
    data = standard_part(character, spec)
    ours = OurPart(files=dict(texts)).model_dump()
    return {"spec": name, "spec_version": version, "data": data | {"extensions": {OURS: ours}}}


def standard_part(character: Character, spec: Spec) -> dict[str, Any]:
    """The fields that every program knows; without the extensions."""
    profile, sheet = character.profile, character.sheet
    hello = next((u.said for u in sheet.voice), f"Hello. I'm {character.name}.")
    facts = [
        f"Name: {profile.name}",
        f"Age: {profile.age} (born {profile.date_of_birth}; today is {sheet.as_of})",
        f"Gender: {profile.gender}",
        f"Occupation: {profile.occupation.title}",
        f"Family: {profile.family}",
        f"Education: {profile.education}",
        f"Hobbies: {'; '.join(profile.hobbies)}",
        f"Goals: {'; '.join((*profile.short_term_goals, profile.long_term_goal))}",
        *(f"{key.replace('_', ' ').capitalize()}: {value}" for key, value in sheet.extra.items()),
    ]
    data: dict[str, Any] = {
        "name": character.name,
        "description": "\n".join(facts) + "\n\n" + character.biography.strip(),
        "personality": "\n".join(profile.traits.descriptions),
        "scenario": "",
        "first_mes": hello,
        "mes_example": "\n".join(
            f"<START>\n{{{{user}}}}: {u.heard}\n{{{{char}}}}: {u.said}" for u in sheet.voice
        ),
        "creator_notes": f"{FICTION} {sheet.provenance.note} ({sheet.provenance.licence})",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": [],
        "character_book": _book(character, spec),
        "tags": [OURS, profile.occupation.title],
        "creator": sheet.provenance.author,
        "character_version": str(sheet.as_of),
    }
    if spec == "v3":
        made = int(datetime.combine(sheet.as_of, datetime.min.time(), UTC).timestamp())
        icon = {"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}
        data |= {"assets": [icon], "group_only_greetings": [], "creation_date": made}
        data |= {"modification_date": made, "source": [], "nickname": profile.name.split()[0]}
    return data


def _book(character: Character, spec: Spec) -> dict[str, Any]:
    records = memories_of(character)
    entries: list[dict[str, Any]] = []
    for number, (record, keys) in enumerate(zip(records, keys_of(character, records), strict=True)):
        parts = (record.content, record.thought, record.emotion)
        entry: dict[str, Any] = {
            "id": number,
            "keys": keys,
            "content": "\n".join(part for part in parts if part),
            "name": record.summary[:80],
            "comment": record.summary,
            "enabled": True,
            "insertion_order": number,
            "case_sensitive": False,
            "constant": False,
            "selective": False,
            "secondary_keys": [],
            "priority": 10,
            "position": "after_char",
            "extensions": {OURS: {"id": record.id}},
        }
        entries.append(entry | ({"use_regex": False} if spec == "v3" else {}))
    return {
        "name": f"What {character.name} remembers",
        "description": "",
        "scan_depth": BOOK_DEPTH,
        "token_budget": BOOK_TOKENS,
        "recursive_scanning": False,
        "extensions": {},
        "entries": entries,
    }


def keys_of(character: Character, records: Sequence[MemoryRecord]) -> list[list[str]]:
    """The words that bring each memory to mind: names in it and words of its summary, rare first.

    A memory without a rare word has the longest word of its summary.
    """
    own = {word.casefold() for word in words_of(character.name)}
    candidates = [_candidates(record, own) for record in records]
    spread = Counter(word.casefold() for found in candidates for word in set(found))
    most = max(1, round(COMMON * len(records)))
    keys: list[list[str]] = []
    for record, found in zip(records, candidates, strict=True):
        rare = [word for word in found if spread[word.casefold()] <= most]
        best = sorted(rare, key=lambda word: spread[word.casefold()])[:KEYS]
        keys.append(best or [max(words_of(record.summary) or ["memory"], key=len)])
    return keys


def _candidates(record: MemoryRecord, own: set[str]) -> list[str]:
    """Names of people, names in scene and summary, then the summary's longer words; each once."""
    people = [person.partition("(")[0].strip() for person in record.participants]
    named = [
        name
        for text in (record.scene, record.summary)
        for sentence in sentences(text)
        for name in names_in(sentence, own)
    ]
    longer = [w.casefold() for w in words_of(record.summary) if len(w) >= KEY_LETTERS]
    found: dict[str, str] = {}
    for word in (*people, *named, *longer):
        if word and not {part.casefold() for part in words_of(word)} <= own:
            found.setdefault(word.casefold(), word)
    return list(found.values())
