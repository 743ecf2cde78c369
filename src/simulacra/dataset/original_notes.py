"""What is odd about a character of the original data set: told, never silently mended."""

from __future__ import annotations

from simulacra.biography import Story
from simulacra.biography.leftovers import leftovers
from simulacra.dataset.original_files import OriginalIntroduction, OriginalProfile
from simulacra.dataset.original_parts import split_list, split_traits
from simulacra.memory.record import MemoryRecord


def differences(profile: OriginalProfile, introduction: OriginalIntroduction) -> list[str]:
    """What the introduction says otherwise than the profile, in a line each."""
    notes: list[str] = []
    if profile.name != introduction.name:
        notes.append(f"the profile stands under the name {profile.name!r}; matched by its ID")
    said = " ".join(introduction.basic_infos.split())
    attributes = {
        "occupation": (profile.occupation,),
        "hobby": split_list(profile.hobbies),
        "family": (profile.family,),
        "education": (profile.education,),
        "short-term goal": split_list(profile.short_term_goals),
        "long-term goal": (profile.long_term_goal,),
    }
    for attribute, values in attributes.items():
        for value in values:
            if said and value not in said:
                notes.append(f"the introduction has another {attribute} than {value!r}")
    theirs = set(split_traits(introduction.personality_traits))
    odd = [t for t in split_traits(profile.traits) if theirs and t not in theirs]
    if odd:
        notes.append(
            f"{len(odd)} trait description(s) differ from the introduction's; profile's kept"
        )
    return notes


def names_left(other: str, name: str, biography: str, story: Story) -> list[str]:
    """Where the texts call the person by the other name of the profile."""
    if other == name:
        return []
    notes: list[str] = []
    for what, paragraphs in (
        ("biography", _paragraphs(biography)),
        ("story", story.paragraphs),
    ):
        if at := [i for i, text in enumerate(paragraphs) if other.casefold() in text.casefold()]:
            notes.append(f"{what}, paragraph(s) {', '.join(map(str, at))}: says {other!r}")
    return notes


def remarks(biography: str, story: Story, memories: list[MemoryRecord]) -> list[str]:
    """What generation left behind, by place; it is kept as it is."""
    places = [(f"biography, paragraph {i}", text) for i, text in enumerate(_paragraphs(biography))]
    places += [(f"story, paragraph {i}", text) for i, text in enumerate(story.paragraphs)]
    places += [
        (f"memory {record.id}, {part}", getattr(record, part))
        for record in memories
        for part in ("content", "thought", "emotion", "summary")
    ]
    return _repeated(story) + [
        f"{place}: {what} left by generation: {words!r}"
        for place, text in places
        for what, words in leftovers(text)
    ]


def _repeated(story: Story) -> list[str]:
    ids_of: dict[str, list[int]] = {}
    for number, text in enumerate(story.paragraphs):
        ids_of.setdefault(text, []).append(number)
    return [
        f"story, paragraphs {', '.join(map(str, ids))}: the same text"
        for ids in ids_of.values()
        if len(ids) > 1
    ]


def _paragraphs(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.strip()]
