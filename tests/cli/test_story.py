"""A life story from the command line: grown, killed, reviewed, told, exported, remembered."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks.server import simulated_provider
from benchmarks.traffic import Speed
from command_line import Simulacra

from simulacra.biography import History, Story, read_history
from simulacra.characters import read_character

BIOGRAPHY = """\
Nora Vale was born on May 4, 1985, in a house by the railway at Tarn Bridge.

As a girl she counted wagons with her father, Piet, who worked the signals.

She left school at sixteen and learned to bake in the shop of Mrs. Oduya.

In 2010 she opened her own bakery, with a loan that she paid back in six years.
"""


@pytest.fixture
def nora(simulacra: Simulacra, tmp_path: Path) -> Path:
    """A new person with a biography, in a workspace of the user's own."""
    simulacra.environ["EDITOR"] = "true"
    simulacra(
        "characters", "new", "--no-ask", "--seed", "7", "--fix", "name=Nora Vale",
        "--fix", "date_of_birth=1985-05-04", "--fix", "gender=female",
        "--fix", "occupation=baker", "--as", "nora-vale",
    )  # fmt: skip
    folder = tmp_path / "workspace" / "nora-vale"
    (folder / "biography.md").write_text(BIOGRAPHY, encoding="utf-8")
    return folder


def replayed(folder: Path) -> Story:
    history = read_history(read_character(folder))
    assert History.replay(history.events).story == history.story
    return history.story


def story(folder: Path) -> Story:
    return Story.parse((folder / "story.md").read_text(encoding="utf-8"))


def status(simulacra: Simulacra) -> dict[str, Any]:
    return json.loads(simulacra("story", "status", "nora-vale", "--json").stdout)


def test_a_story_grows_is_reviewed_and_becomes_memories(
    simulacra: Simulacra, nora: Path, tmp_path: Path
) -> None:
    done = simulacra("story", "expand", "nora-vale", "--iterations", "6", "--review-every", "4")
    assert "your turn to review" in done.stdout
    assert "expansions until the next stop" in done.stderr
    assert "took" in done.stderr
    found = status(simulacra)
    assert len(found["unreviewed"]) + len(found["waiting"]) == 4
    one = found["revisions"][-1]["id"]
    assert "+ " in simulacra("story", "diff", "nora-vale", one).stdout
    simulacra("story", "accept", "nora-vale", "--all")
    simulacra("story", "undo", "nora-vale", one, "--why", "too quick")
    text = tmp_path / "text.md"
    text.write_text("A person wrote this.\n\nIn two paragraphs.\n", encoding="utf-8")
    simulacra("story", "edit", "nora-vale", one, "--text", str(text), "--why", "plainer")
    assert "A person wrote this." in story(nora).paragraphs
    done = simulacra("story", "expand", "nora-vale", "--iterations", "6", "--json")
    assert json.loads(done.stdout)["stopped"] == "iterations"
    assert replayed(nora) == story(nora)
    simulacra("memory", "build", "nora-vale")
    listed = json.loads(simulacra("memory", "list", "nora-vale", "--json").stdout)
    told = sorted(n for record in listed for n in record["source"]["paragraphs"])
    assert told == list(range(len(story(nora).paragraphs)))


def test_memories_follow_a_story_that_grows(simulacra: Simulacra, nora: Path) -> None:
    simulacra("story", "expand", "nora-vale", "--iterations", "2", "--review-every", "0")
    simulacra("memory", "build", "nora-vale")
    before = {
        record["id"]: record
        for record in json.loads(simulacra("memory", "list", "nora-vale", "--json").stdout)
    }
    simulacra("story", "tell", "nora-vale", "In 1991 a goose bit her at the ferry.", "--after", "0")
    assert story(nora).paragraphs[1] == "In 1991 a goose bit her at the ferry."
    after = json.loads(simulacra("memory", "list", "nora-vale", "--json").stdout)
    told = {n for record in after for n in record["source"]["paragraphs"]}
    assert 1 in told, "what was told is a memory at once"
    texts = story(nora).paragraphs
    for record in after:
        if record["id"] in before and record["source"]["paragraphs"]:
            assert record["content"] == before[record["id"]]["content"]
            assert texts[record["source"]["paragraphs"][0]]
    found = json.loads(
        simulacra("memory", "search", "nora-vale", "the goose at the ferry", "--json").stdout
    )
    assert 1 in found[0]["source"]["paragraphs"]


def test_an_experience_that_contradicts_the_profile_is_said(
    simulacra: Simulacra, nora: Path
) -> None:
    simulacra("story", "expand", "nora-vale", "--iterations", "1", "--review-every", "0")
    done = simulacra("story", "tell", "nora-vale", "In 1995, at the age of thirty, Nora ran away.")
    assert "age" in done.stderr
    assert nora.exists()


def test_a_story_can_be_exported_to_read(simulacra: Simulacra, tmp_path: Path) -> None:
    for name in ("mary.md", "mary.pdf"):
        simulacra("story", "export", "mary-jones", "--to", str(tmp_path / name))
    text = (tmp_path / "mary.md").read_text(encoding="utf-8")
    assert text.startswith("# Mary Jones")
    assert "fiction" in text
    assert (tmp_path / "mary.pdf").read_bytes().startswith(b"%PDF")
    assert (
        ".md or .pdf"
        in simulacra(
            "story", "export", "mary-jones", "--to", str(tmp_path / "mary.doc"), code=1
        ).stderr
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("expand", "mary-jones"), "characters export"),
        (("expand", "nobody-here"), "no character"),
        (("accept", "nora-vale", "r0001"), "no revision"),
        (("reject", "nora-vale", "r0001", "--why", "x"), "no revision"),
        (("undo", "nora-vale"), "nothing to undo"),
        (("tell", "nora-vale", "  "), "nothing to tell"),
        (("tell", "nora-vale", "A goose.", "--after", "99"), "no paragraph 99"),
    ],
)
def test_what_can_not_be_done_is_said_with_the_mend(
    simulacra: Simulacra, nora: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in simulacra("story", *arguments, code=1).stderr
    assert nora.exists()


def test_killed_at_any_moment_it_goes_on_and_pays_no_finished_call_twice(
    simulacra: Simulacra, nora: Path
) -> None:
    chance, kills = random.Random(3), 4
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=0.05, read=1e9, write=1e9))
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        command = ["story", "expand", "nora-vale", "--iterations", "10", "--review-every", "0"]
        for _ in range(kills):
            calls = len(server.calls())
            child = simulacra.start(*command)
            end = time.monotonic() + 60
            wanted = calls + chance.randrange(2, 7)
            while len(server.calls()) < wanted and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(chance.random() * 0.1)
            child.kill()
        done = simulacra(*command, "--json")
        paid = len(server.settled())
    result = json.loads(done.stdout)
    assert result["stopped"] == "iterations"
    assert replayed(nora) == story(nora)
    ids = [r["id"] for r in status(simulacra)["revisions"]]
    assert len({i.partition(".")[0] for i in ids}) == 10
    # At a kill at most one expansion or the checks of one are in flight: four calls.
    assert result["usage"]["calls"] <= paid <= result["usage"]["calls"] + 4 * kills


def test_a_person_reviews_at_the_terminal_one_key_each(
    simulacra: Simulacra, nora: Path, tmp_path: Path
) -> None:
    simulacra("story", "expand", "nora-vale", "--iterations", "4", "--review-every", "4")
    rewrite = tmp_path / "rewrite.sh"
    rewrite.write_text("#!/bin/sh\nprintf 'A person wrote this.\\n' > \"$1\"\n", encoding="utf-8")
    rewrite.chmod(0o755)
    words = ("story", "review", "nora-vale")
    terminal = simulacra.terminal(*words, columns=100, EDITOR=str(rewrite))
    child = terminal.child
    child.expect("4 to review")
    for number, key in enumerate(("r", "e", "a"), start=1):
        child.expect(f"{number} of 4")
        child.expect(r"\[a/e/r/u/n/q\]")
        child.sendline(key)
        if key == "r":
            child.expect(r"Why\?")
            child.sendline("it rings false")
    child.expect("4 of 4")
    child.sendline("q")
    child.expect("3 decided, 1 left")
    terminal.end()
    found = {row["id"]: row for row in status(simulacra)["revisions"]}
    assert sum(row["reviewed"] for row in found.values()) == 3
    assert "A person wrote this." in story(nora).paragraphs
    reasons = [
        decided.why
        for entry in read_history(read_character(nora)).entries.values()
        for decided in entry.decisions
    ]
    assert "it rings false" in reasons
