"""A small person of the tests' own, and a scripted model that plays all agents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias, cast

from simulacra.biography import Story
from simulacra.characters import (
    Boundary,
    Character,
    CharacterSheet,
    Knowledge,
    Occupation,
    Profile,
    Provenance,
    Traits,
)
from simulacra.cognition import MessageFilter, Method, SessionState, Simulacrum
from simulacra.cognition.macm import Preset
from simulacra.inference import ChatModel, HashEmbedder, ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer
from simulacra.memory import MemoryRecord, Source, write_memories
from simulacra.settings import Settings

Play: TypeAlias = Callable[[ScriptedCall], ScriptedAnswer]

STORY = """# Harbour

Ada was born in Port Linnet in 1990. Her father mended nets on the quay and sang out of tune.

When Ada was seven she stole a green lantern from the harbour master and hid it in a barrel.

# Lighthouse

In 2009 Ada took the job at the lighthouse. The keeper, Old Bram, taught her to trim the lamp.

Bram died in the winter of 2015. Ada kept his brass telescope and never looked through it.
"""


def ada(folder: Path) -> Character:
    """Return Ada, a lighthouse keeper who knows nothing of finance."""
    sheet = CharacterSheet(
        as_of=date(2025, 6, 1),
        profile=Profile(
            name="Ada Quill",
            age=35,
            gender="female",
            date_of_birth=date(1990, 2, 3),
            occupation=Occupation(title="lighthouse keeper"),
            traits=Traits(ranking=(), descriptions=("I count the waves before I sleep.",)),
            hobbies=("whittling",),
            family="low-income, one parent",
            education="primary school",
            short_term_goals=("paint the door",),
            long_term_goal="own a boat",
        ),
        extra={"pet": "a one-eyed cat called Soot"},
        knowledge=Knowledge(
            schooling="Left school at twelve.",
            beyond=(
                Boundary(topic="finance", examples=("index funds", "hedge funds"), why="No money."),
            ),
        ),
        provenance=Provenance(author="tests", licence="CC-BY-4.0", note="made for tests"),
    )
    folder.mkdir(parents=True, exist_ok=True)
    return Character(
        slug="ada-quill",
        folder=folder,
        shipped=False,
        sheet=sheet,
        biography="Ada Quill keeps the lighthouse of Port Linnet.",
        story_text=STORY,
        questionnaire=None,
    )


def agents(**answers: ScriptedAnswer | Play) -> Play:
    """Return a script that plays every agent; an answer can be given by its schema's name.

    Texts are ``think``, ``feel`` and ``respond``: general models are asked with the word "Task:",
    small ones with a grammar of their own.
    """
    usual: dict[str, ScriptedAnswer | Play] = {
        "ReflectAnswer": {
            "elements": ["the lantern"],
            "query": "Ada steals a green lantern",
            "beyond": "",
            "pressure": "",
        },
        "FeelAnswer": {"feeling": "nostalgic", "intensity": 6, "text": "I miss the quay."},
        "ContentMemory": {
            "participants": ["Ada"],
            "scene": "the harbour",
            "content": "I did a thing at the harbour.",
            "thought": "It had to be done.",
            "summary": "What I did at the harbour.",
        },
        "EmotionalMemory": {
            "emotion": "I was pleased.",
            "feelings": [{"about": "the harbour", "feeling": "fond", "intensity": 7}],
        },
        "think": "They ask about the lamp.",
        "feel": "nostalgic, 6/10. I miss the quay.",
        "respond": "I trim the lamp, that is all.",
    }
    usual.update(answers)

    def play(call: ScriptedCall) -> ScriptedAnswer:
        answer = usual[call.schema.__name__ if call.schema else _asked(call)]
        return answer(call) if callable(answer) else answer

    return play


def grammar(call: ScriptedCall) -> str:
    """Return the grammar that an answer has to keep to, or nothing."""
    extra = cast("Mapping[str, object]", dict(call.settings).get("extra_body", {}))
    return str(extra.get("grammar", ""))


def _asked(call: ScriptedCall) -> str:
    if "Task:" in call.user or '"I wonder"' in grammar(call):
        return "think"
    return "feel" if "/10" in grammar(call) else "respond"


def simulacrum(
    folder: Path,
    model: ChatModel | None = None,
    *,
    method: Method = "macm",
    preset: Preset = "default",
    seed: int = 1,
    state: SessionState | None = None,
    filters: tuple[MessageFilter, ...] = (),
) -> Simulacrum:
    """Return Ada as a simulacrum on scripted agents and a hashing embedder."""
    model = model or ScriptedModel(agents())
    return Simulacrum(
        ada(folder),
        method=method,
        model=model,
        agent_model=model,
        embedder=HashEmbedder(),
        settings=Settings.read(),
        partner="My best friend",
        seed=seed,
        preset=preset,
        state=state,
        filters=filters,
    )


def with_memories(folder: Path) -> None:
    """Give Ada a memory for every two paragraphs of her story."""
    story = Story.parse(STORY)
    records = [
        MemoryRecord(
            id=f"story-{chunk.paragraphs[0]:04d}",
            kind="story",
            content=chunk.text.replace("\n\n", " "),
            summary=chunk.text[:60],
            source=Source(paragraphs=chunk.paragraphs),
            created=datetime(2025, 6, 1, tzinfo=UTC),
            model="none",
        )
        for chunk in story.chunks()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    write_memories(folder / "memories.jsonl", records)
