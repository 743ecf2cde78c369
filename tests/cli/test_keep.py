"""With --keep-memories, what a session became memories of is the character's; else it is not."""

import json
from pathlib import Path

import pytest
from command_line import Simulacra

from simulacra.cognition import SessionState
from simulacra.memory import Item, ShortTermMemory, read_memories
from simulacra.settings import Settings
from simulacra.storage import Sessions


@pytest.mark.parametrize("keep", [True, False])
def test_gained_memories_stay_with_the_session_unless_kept(
    simulacra: Simulacra, tmp_path: Path, keep: bool
) -> None:
    folder = tmp_path / "workspace" / "mary-jones"
    simulacra("characters", "export", "mary-jones", "--to", str(folder))
    before = len(read_memories(folder / "memories.jsonl"))
    started = simulacra("chat", "--once", "My cousin's kite is in the elm.", "--json").stdout
    sessions = Sessions(Settings.read().data / "sessions.db")
    session = sessions.get(json.loads(started)["session"])
    item = Item(turns=(0,), text="Visitor: The kite is in the elm.", entered=0, rehearsals=3)
    state = SessionState(turns=1, short_term=ShortTermMemory(items=(item,)))
    sessions.save_state(session, state)
    flags = ["--keep-memories"] if keep else []
    simulacra("chat", "--session", session.id, "--once", "And now?", *flags)
    assert len(sessions.state(session).gained) == 1
    assert len(read_memories(folder / "memories.jsonl")) == before + keep
