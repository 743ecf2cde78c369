"""Memories from the command line: built, killed, gone on with, searched, forgotten."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed
from command_line import Simulacra

from simulacra.memory import read_memories


@pytest.fixture
def mine(simulacra: Simulacra, tmp_path: Path) -> Path:
    """A copy of Mary Jones of the user's own, without memories."""
    folder = tmp_path / "workspace" / "mary-jones"
    simulacra("characters", "export", "mary-jones", "--to", str(folder))
    (folder / "memories.jsonl").unlink()
    return folder


def test_a_shipped_character_is_not_changed(simulacra: Simulacra) -> None:
    done = simulacra("memory", "build", "mary-jones", code=1)
    assert "characters export" in done.stderr


def test_a_story_becomes_a_memory_for_every_two_paragraphs(
    simulacra: Simulacra, mine: Path
) -> None:
    simulacra("memory", "build", "mary-jones")
    records = read_memories(mine / "memories.jsonl")
    assert [record.source.paragraphs for record in records] == [
        (number, number + 1) for number in range(0, 2 * len(records), 2)
    ]
    assert all(r.content and r.emotion and r.summary and r.prompt_digest for r in records)
    assert not (mine / "memories.building.jsonl").exists()
    assert "0 memories made" in simulacra("memory", "build", "mary-jones").stdout


def test_a_killed_construction_goes_on_and_pays_only_for_what_was_in_flight(
    simulacra: Simulacra, mine: Path
) -> None:
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=0.1, read=1e9, write=1e9))
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        for _ in range(3):
            child = simulacra.start("memory", "build", "mary-jones", "--concurrency", "4")
            calls = len(server.calls())
            end = time.monotonic() + 60
            while len(server.calls()) < calls + 12 and time.monotonic() < end:
                time.sleep(0.02)
            child.kill()
        simulacra("memory", "build", "mary-jones")
        paid = len(server.settled())
    chunks = len(read_memories(mine / "memories.jsonl"))
    assert 2 * chunks <= paid <= 2 * chunks + 3 * 4


def test_ctrl_c_ends_a_construction_in_one_line_and_keeps_what_is_finished(
    simulacra: Simulacra, mine: Path
) -> None:
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=0.3, read=1e9, write=1e9))
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        child = simulacra.start("memory", "build", "mary-jones", "--concurrency", "2")
        end = time.monotonic() + 60
        while len(server.calls()) < 6 and time.monotonic() < end:
            time.sleep(0.02)
        done = child.kill(signal.SIGINT)
    assert done.returncode == 1
    assert "Stopped." in done.stderr
    assert "Traceback" not in done.stderr
    assert (mine / "memories.building.jsonl").read_bytes().count(b"\n") >= 2


def test_two_constructions_at_once_pay_once(
    simulacra: Simulacra, mine: Path, provider: Server
) -> None:
    before = len(provider.settled())
    both = [simulacra.start("memory", "build", "mary-jones") for _ in range(2)]
    assert [child.end().returncode for child in both] == [0, 0]
    chunks = len(read_memories(mine / "memories.jsonl"))
    assert len(provider.settled()) - before == 2 * chunks


def test_a_journal_line_that_was_cut_off_is_dropped(simulacra: Simulacra, mine: Path) -> None:
    (mine / "memories.building.jsonl").write_bytes(b'{"key": "abc", "answer": {}}\n{"key": "d')
    simulacra("memory", "build", "mary-jones")
    assert read_memories(mine / "memories.jsonl")


def test_search_is_json_best_first_with_its_paragraphs(simulacra: Simulacra) -> None:
    done = simulacra(
        "memory", "search", "mary-jones", "the moose and the willow", "-k", "5", "--json"
    )
    found = json.loads(done.stdout)
    assert len(found) == 5
    assert all({"id", "score", "summary", "source"} <= set(memory) for memory in found)
    scores = [memory["score"] for memory in found]
    assert scores == sorted(scores, reverse=True)
    assert {26, 27} & set(found[0]["source"]["paragraphs"])


def test_memories_can_be_listed_and_forgotten(simulacra: Simulacra, mine: Path) -> None:
    simulacra("memory", "build", "mary-jones")
    listed = json.loads(simulacra("memory", "list", "mary-jones", "--json").stdout)
    gone = listed[3]["id"]
    simulacra("memory", "forget", "mary-jones", gone, "--yes")
    left = json.loads(simulacra("memory", "list", "mary-jones", "--json").stdout)
    assert gone not in [memory["id"] for memory in left]
    assert len(left) == len(listed) - 1
    assert (
        "nothing-like-it"
        in simulacra("memory", "forget", "mary-jones", "nothing-like-it", "--yes", code=1).stderr
    )
    assert mine.exists()
