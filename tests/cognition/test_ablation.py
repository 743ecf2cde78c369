from __future__ import annotations

from pathlib import Path

import pytest
from people import agents, simulacrum

from simulacra.cognition import Turn
from simulacra.cognition.macm import Preset
from simulacra.errors import SettingsError
from simulacra.inference import ScriptedModel

WORDS = "What became of Old Bram's telescope?"


async def taken(folder: Path, preset: Preset) -> Turn:
    return await simulacrum(folder, ScriptedModel(agents()), preset=preset).respond(WORDS)


@pytest.mark.parametrize(
    ("preset", "missing"),
    [("no-reflection", "reflect"), ("no-thinking", "think"), ("no-emotion", "feel")],
)
async def test_a_part_that_is_left_out_is_not_asked_and_nothing_else_changes(
    tmp_path: Path, preset: Preset, missing: str
) -> None:
    whole, less = await taken(tmp_path, "default"), await taken(tmp_path, preset)
    phases = {step.phase for step in whole.trace.steps}
    assert {step.phase for step in less.trace.steps} == phases - {missing}
    assert missing in phases
    assert less.trace.memories[0] == whole.trace.memories[0]


async def test_without_memory_nothing_comes_to_mind(tmp_path: Path) -> None:
    turn = await taken(tmp_path, "no-memory")
    assert turn.trace.memories == ()
    assert {step.phase for step in turn.trace.steps} >= {"reflect", "think", "feel", "respond"}


async def test_with_plain_retrieval_chunks_of_the_story_come_to_mind(tmp_path: Path) -> None:
    turn = await taken(tmp_path, "rag-memory")
    assert turn.trace.memories
    assert all(memory.id.startswith("chunk-") for memory in turn.trace.memories)
    respond = next(step for step in turn.trace.steps if step.phase == "respond")
    assert turn.trace.memories[0].text in respond.user


def test_an_unknown_preset_names_the_known_ones() -> None:
    from simulacra.cognition import Simulacrum

    with pytest.raises(SettingsError, match="no-thinking"):
        Simulacrum.load("anybody", preset="no-brain")
