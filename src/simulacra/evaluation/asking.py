"""One question to one simulacrum: what it considers, and what it then says.

Inner steps (reflect, recall, think, feel) work on the question without its options, so that one
working memory answers at all repeats. All methods are asked in the same words, with the same seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from simulacra.cognition import Method, Simulacrum
from simulacra.cognition.events import Considered
from simulacra.cognition.recorder import Recorder
from simulacra.cognition.state import SessionState
from simulacra.errors import CharacterError, EmptyAnswerError
from simulacra.evaluation.questions import ASKED, FRIEND, Question
from simulacra.inference import ChatModel, Embedder, Usage
from simulacra.memory import memories_of
from simulacra.settings import Settings

MakeRecorder: TypeAlias = Callable[[int], Recorder]
"""Makes what a question's model calls go through, from a seed."""


@dataclass(frozen=True)
class Inner:
    """What was considered once for all repeats, and what that took."""

    considered: Considered
    usage: Usage
    seconds: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """An answer in words, and what the words alone took. Empty: nothing came, twice."""

    text: str
    usage: Usage
    seconds: float
    notes: tuple[str, ...]
    prompt_digest: str


def person(
    name: str,
    method: Method,
    model: ChatModel,
    agent_model: ChatModel | None = None,
    *,
    settings: Settings,
    preset: str = "default",
    embedder: Embedder | None = None,
    seed: int = 0,
) -> Simulacrum:
    """A simulacrum among friends, to be questioned.

    Raises:
        CharacterNotFoundError: no such character; the message suggests one.
        SettingsError: an unknown method or preset.
        CharacterError: macm is to answer from memories, and none was made of the story yet.
    """
    who = Simulacrum.load(
        name,
        method=method,
        model=model,
        agent_model=agent_model or model,
        embedder=embedder,
        settings=settings,
        partner=FRIEND,
        seed=seed,
        preset=preset,
    )
    if method == "macm" and who.character.story_text.strip() and not memories_of(who.character):
        raise CharacterError(
            f"{who.character.name} has a story but no memories, so that macm would not be itself.",
            f"Make them first: simulacra memory build {who.character.slug}",
        )
    return who


async def consider(
    who: Simulacrum, question: Question, seed: int, recorder: MakeRecorder = Recorder
) -> Inner:
    """Take all inner steps on a question, as at the beginning of a conversation.

    Raises:
        ModelError: the model could not be asked.
    """
    mind, calls = await who.mind(), recorder(seed_of(seed, question.id))
    scene = who.scene(
        question.about,
        free=True,
        choices=question.options if question.kind != "yes_no" else (),
        one_of=question.kind == "single",
    )
    async for event in mind.consider(scene, SessionState(), calls):
        if isinstance(event, Considered):
            return Inner(event, calls.usage, _seconds(calls), tuple(calls.notes))
    raise AssertionError("a mind ends its work with what it considered")


async def say(
    who: Simulacrum,
    question: Question,
    inner: Inner,
    words: str,
    seed: int,
    repeat: int,
    recorder: MakeRecorder = Recorder,
) -> Said:
    """Answer a question put in these words, from what was considered before.

    An answer of nothing at all, not even when asked twice, is an answer that can't be read.

    Raises:
        ModelError: the model could not be asked.
    """
    mind, calls = await who.mind(), recorder(seed_of(seed, question.id, repeat))
    pieces: list[str] = []
    try:
        async for piece in mind.respond(inner.considered.hearing(words), calls):
            pieces.append(piece)
    except EmptyAnswerError as error:
        calls.notes.append(f"respond: {error.what}")
    digests = [step.prompt_digest for step in calls.steps]
    return Said(
        text="".join(pieces).strip(),
        usage=calls.usage,
        seconds=_seconds(calls),
        notes=tuple(calls.notes),
        prompt_digest="+".join([ASKED[question.kind].digest, *digests]),
    )


def seed_of(seed: int, question: str, repeat: int | None = None) -> int:
    """The seed of a question's calls: the same for every method, model and machine."""
    digest = sha256(f"{seed}/{question}/{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 2**31


def _seconds(calls: Recorder) -> float:
    """Seconds from the first step to the last."""
    return round(calls.seconds, 4)
