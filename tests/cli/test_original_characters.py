"""The six characters of the original data set, where it lies beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Simulacra

from simulacra.biography import Story
from simulacra.memory import read_memories

REAL = Path(__file__).parents[3] / "shared" / "original-dataset"

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="the original data set is not beside the project"
)


@pytest.fixture
def six(simulacra: Simulacra) -> list[str]:
    """The slugs under which they were imported."""
    done = simulacra("characters", "import", str(REAL), "--prefix", "original-", "--json")
    return [entry["slug"] for entry in json.loads(done.stdout)["imported"]]


def test_an_imported_character_talks_and_its_memories_are_found(
    simulacra: Simulacra, six: list[str], tmp_path: Path
) -> None:
    listed = json.loads(simulacra("characters", "list", "--json").stdout)
    assert len(six) == 6
    assert {row["slug"] for row in listed} > {*six, "mary-jones"}
    slug = next(slug for slug in six if "mary" not in slug)
    records = read_memories(tmp_path / "workspace" / slug / "memories.jsonl")
    wanted = records[len(records) // 2]

    found = json.loads(simulacra("memory", "search", slug, wanted.content, "--json").stdout)
    assert found[0]["id"] == wanted.id
    assert found[0]["source"]["paragraphs"] == list(wanted.source.paragraphs)

    question = f"Is this so? {wanted.summary}"
    turn = json.loads(simulacra("chat", slug, "--once", question, "--json").stdout)
    assert turn["response"]
    assert turn["stimulus"] == question
    assert turn["character"] == next(row["name"] for row in listed if row["slug"] == slug)
    assert wanted.id in [memory["id"] for memory in turn["trace"]["memories"]]
    assert {"reflect", "think", "feel", "respond"} == {s["phase"] for s in turn["trace"]["steps"]}


def test_an_imported_story_is_continued_and_its_memories_follow(
    simulacra: Simulacra, six: list[str], tmp_path: Path
) -> None:
    slug = six[0]
    before = json.loads(simulacra("memory", "list", slug, "--json").stdout)
    texts = Story.parse((tmp_path / "workspace" / slug / "story.md").read_text(encoding="utf-8"))
    done = simulacra("story", "expand", slug, "--iterations", "2", "--review-every", "0", "--json")
    assert json.loads(done.stdout)["iterations"] == 2
    simulacra("story", "tell", slug, "A gull stole a hat that day.", "--after", "-1")
    now = Story.parse((tmp_path / "workspace" / slug / "story.md").read_text(encoding="utf-8"))
    assert now.paragraphs[0] == "A gull stole a hat that day."
    after = {r["id"]: r for r in json.loads(simulacra("memory", "list", slug, "--json").stdout)}
    moved = 0
    for record in before:
        there = after[record["id"]]["source"]["paragraphs"]
        if there:
            ids: list[int] = record["source"]["paragraphs"]
            old = [texts.paragraphs[i] for i in ids]
            assert [now.paragraphs[i] for i in there] == old
            moved += 1
    assert moved >= len(before) - 4
