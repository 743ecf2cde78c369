"""The construction of memories: what is paid for, saved, and gone on with."""

import asyncio
import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import STORY, agents

from simulacra.biography import Story
from simulacra.characters import Journal
from simulacra.cognition import Constructor, Progress
from simulacra.cognition.agents.thinking import ContentMemory
from simulacra.errors import AnswerError, MalformedAnswerError, RateLimitedError, StorageError
from simulacra.inference import ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer

CHUNKS = Story.parse(STORY).chunks(1)


def constructor(model: ScriptedModel) -> Constructor:
    return Constructor("I am Ada.", model)


async def test_each_chunk_is_two_calls_and_one_memory_in_order(tmp_path: Path) -> None:
    model = ScriptedModel(agents())
    seen: list[tuple[int, int]] = []

    def report(progress: Progress) -> None:
        seen.append((progress.finished, progress.total))

    journal = Journal(tmp_path / "j")
    records = await constructor(model).construct(CHUNKS, journal, report=report)
    assert len(model.calls) == 2 * len(CHUNKS)
    assert [record.source.paragraphs for record in records] == [c.paragraphs for c in CHUNKS]
    assert seen[-1] == (2 * len(CHUNKS), 2 * len(CHUNKS))
    assert records[0].feelings[0].intensity == 0.7
    assert records[0].prompt_digest


async def test_no_finished_answer_is_paid_twice(tmp_path: Path) -> None:
    left = 3

    def quota(call: ScriptedCall) -> ScriptedAnswer:
        nonlocal left
        left -= 1
        if left < 0:
            raise RateLimitedError("The quota is used up.")
        return agents()(call)

    model = ScriptedModel(lambda call: agents()(call))
    limited = ScriptedModel(quota)
    with pytest.raises(RateLimitedError):
        await constructor(limited).construct(CHUNKS, Journal(tmp_path / "j"), concurrency=1)
    records = await constructor(model).construct(CHUNKS, Journal(tmp_path / "j"))
    assert len(records) == len(CHUNKS)
    assert len(model.calls) == 2 * len(CHUNKS) - 3


async def test_no_more_calls_are_in_flight_than_allowed(tmp_path: Path) -> None:
    inside, most = 0, 0

    async def slow(call: ScriptedCall) -> ScriptedAnswer:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.005)
        inside -= 1
        return agents()(call)

    model = ScriptedModel(slow)
    await constructor(model).construct(CHUNKS, Journal(tmp_path / "j"), concurrency=3)
    assert most == 3


async def test_an_answer_of_no_use_costs_that_chunk_alone(tmp_path: Path) -> None:
    def stubborn(call: ScriptedCall) -> ScriptedAnswer:
        if "lantern" in call.user and call.schema is ContentMemory:
            raise MalformedAnswerError("No JSON came.")
        return agents()(call)

    model = ScriptedModel(stubborn)
    with pytest.raises(AnswerError, match="paragraphs 1-1"):
        await constructor(model).construct(CHUNKS, Journal(tmp_path / "j"))
    again = ScriptedModel(agents())
    await constructor(again).construct(CHUNKS, Journal(tmp_path / "j"))
    assert len(again.calls) == 1


async def test_another_model_or_story_does_not_take_the_journals_answers(tmp_path: Path) -> None:
    await constructor(ScriptedModel(agents())).construct(CHUNKS, Journal(tmp_path / "j"))
    other = ScriptedModel(agents(), name="other")
    await constructor(other).construct(CHUNKS, Journal(tmp_path / "j"))
    assert len(other.calls) == 2 * len(CHUNKS)


@given(cut=st.integers(0, 400))
async def test_a_journal_cut_off_anywhere_keeps_its_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "j"
    journal = Journal(path)
    answer = ContentMemory(scene="s", content="c", thought="t", summary="u")
    for key in ("one", "two", "three"):
        journal.add(key, answer)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    kept = Journal(path)
    assert list(kept.answers) == ["one", "two", "three"][: whole[:cut].count(b"\n")]
    kept.add("four", answer)
    assert list(Journal(path).answers) == [*kept.answers]


def test_a_full_disk_is_said_and_what_was_saved_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "j")
    answer = ContentMemory(scene="s", content="c", thought="t", summary="u")
    journal.add("one", answer)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        journal.add("two", answer)
    monkeypatch.undo()
    assert "one" in Journal(tmp_path / "j").answers
