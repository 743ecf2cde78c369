"""From 100 candidates to somebody to talk with, killed on the way."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from benchmarks.server import simulated_provider
from benchmarks.traffic import Speed
from command_line import Simulacra

from simulacra.biography import History, Story, read_history
from simulacra.characters import read_character


def test_from_a_hundred_candidates_to_a_talk(simulacra: Simulacra, tmp_path: Path) -> None:
    chance = random.Random(5)
    simulacra("characters", "sample", "-n", "100", "--seed", "7", "-o", "all.json", "--json")
    simulacra(
        "characters", "select", "all.json", "-n", "2", "--auto", "--no-model", "-o", "best.json"
    )
    command = ["characters", "new", "--from", "best.json", "--index", "1", "--as", "somebody"]
    command += ["--story", "--iterations", "6"]
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=0.03, read=1e9, write=1e9))
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        for wanted in (2, 9, 25):  # in the biography, in the story, in the memories
            child = simulacra.start(*command)
            end = time.monotonic() + 60
            while len(server.calls()) < wanted and child.started.poll() is None:
                assert time.monotonic() < end
                time.sleep(0.01)
            time.sleep(chance.random() * 0.05)
            child.kill()
        done = simulacra.cold(*command, "--json")
        paid = len(server.settled())
        (result,) = json.loads(done.stdout)
        assert "Going on with" in done.stderr
        talk = simulacra("chat", "somebody", "--once", "Who are you?", "--json")
    folder = tmp_path / "workspace" / "somebody"
    character = read_character(folder)
    history = read_history(character)
    story = Story.parse(character.story_text)
    assert result["stopped"] in ("iterations", "nothing left")
    assert History.replay(history.events).story == story
    listed = json.loads(simulacra("memory", "list", "somebody", "--json").stdout)
    assert {n for r in listed for n in r["source"]["paragraphs"]} == set(
        range(len(story.paragraphs))
    )
    assert "language model openai-chat:simulated" in character.sheet.provenance.note
    # In flight at a kill: a try, the checks of one, or sixteen memories at most.
    memories = 2 * len(listed)
    assert paid <= result["usage"]["calls"] + memories + 4 + 4 + 16
    assert json.loads(talk.stdout)["response"]
