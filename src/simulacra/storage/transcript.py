"""Turns and sessions as people and scripts read them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulacra.errors import StorageError
from simulacra.inference import Usage

if TYPE_CHECKING:
    from simulacra.cognition import Mood, SessionState, Turn
    from simulacra.storage.sessions import Session


def turn_json(turn: Turn, session: str) -> dict[str, Any]:
    """One turn with the keys that scripts rely on."""
    data = turn.model_dump(mode="json")
    data["session"] = session
    return data


def why(turn: Turn) -> str:
    """How an answer came about, for a terminal of 80 columns."""
    trace, lines = turn.trace, list[str]()
    if trace.reflection:
        reflection = trace.reflection
        lines.append(
            _field("reflection", ", ".join(reflection.elements) or "nothing in particular")
        )
        if reflection.query != turn.stimulus:
            lines.append(_field("looked for", reflection.query))
        if reflection.beyond:
            lines.append(_field("beyond", reflection.beyond))
        if reflection.pressure:
            lines.append(_field("pressure", reflection.pressure))
        if reflection.approach:
            lines.append(_field("approach", reflection.approach))
    for memory in trace.memories:
        where = (
            "paragraphs " + ", ".join(map(str, memory.source.paragraphs))
            if memory.source.paragraphs
            else "turns " + ", ".join(map(str, memory.source.turns))
        )
        lines.append(_field("memory", f"{memory.score:.2f}  {memory.id} ({where}): {memory.text}"))
    if trace.thought:
        lines.append(_field("thought", trace.thought))
    if trace.emotion:
        felt = trace.emotion
        lines.append(_field("emotion", f"{felt.feeling}, {felt.intensity:.1f}. {felt.text}"))
    if trace.mood:
        lines.append(_field("mood", mood(trace.mood)))
    lines += [_field("note", note) for note in trace.notes]
    used = turn.usage
    first = "–" if turn.first_token_seconds is None else f"{turn.first_token_seconds:.1f} s"
    lines.append(
        _field(
            "cost",
            f"{used.calls} calls, {used.input_tokens} tokens read ({used.cached_tokens} cached), "
            f"{used.output_tokens} written, {turn.seconds:.1f} s, first word after {first}",
        )
    )
    return "\n".join(lines)


def total(turns: Sequence[Turn]) -> str:
    """What all turns of a session took together."""
    used = sum((turn.usage for turn in turns), Usage())
    return (
        f"{len(turns)} turns, {used.calls} calls, {used.input_tokens} tokens read "
        f"({used.cached_tokens} cached), {used.output_tokens} written"
    )


def mood(mood: Mood) -> str:
    """A mood in words and numbers."""
    return f"{mood.words()} (valence {mood.valence:+.2f}, arousal {mood.arousal:.2f})"


def gained(state: SessionState) -> str:
    """What a session has become memories of, and what is still in short-term memory."""
    lines = [_field("kept", record.summary) for record in state.gained]
    lines += [_field("fresh", item.text) for item in state.short_term.items]
    return "\n".join(lines) or "This conversation has left no memories yet."


def markdown(session: Session, turns: Sequence[Turn]) -> str:
    """A session as Markdown, with each answer's why folded beneath it."""
    head = (
        f"# {turns[0].character if turns else session.character}\n\n"
        f"A conversation with a computer-generated fiction. Session {session.id}, "
        f"method {session.method}, model {session.model}, seed {session.seed}, "
        f"{session.created:%Y-%m-%d %H:%M} UTC.\n"
    )
    blocks = [
        f"\n**You:** {turn.stimulus}\n\n**{turn.character}:** {turn.response}\n\n"
        f"<details><summary>why</summary>\n\n```\n{why(turn)}\n```\n\n</details>\n"
        for turn in turns
    ]
    return head + "".join(blocks)


def as_json(session: Session, turns: Sequence[Turn]) -> str:
    """A session with every trace as JSON."""
    data = {
        "session": {key: str(value) for key, value in vars(session).items()},
        "turns": [turn.model_dump(mode="json") for turn in turns],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def save(path: Path, session: Session, turns: Sequence[Turn]) -> Path:
    """Write a session as Markdown or, where the name ends in .json, as JSON.

    Raises:
        StorageError: the file can't be written.
    """
    text = as_json(session, turns) if path.suffix == ".json" else markdown(session, turns)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}.", "Name another file."
        ) from error
    return path


def _field(label: str, text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        width=80,
        initial_indent=f"  {label:<11} ",
        subsequent_indent=" " * 14,
    )
