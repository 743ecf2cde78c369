"""``simulacra evaluate questionnaire``, as a user runs it."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Simulacra
from scripted_provider import ScriptedProvider, scripted_provider

from simulacra.characters.workspace import shipped_folder

DRAFT = ("evaluate", "questionnaire", "draft")
CHECK = ("evaluate", "questionnaire", "check")
MODEL = ("--model", "openai-chat:scripted", "--concurrency", "1")
_PASSAGE = re.compile(r"From the life of [^:]+:\n\n(.+?)\n\n", re.DOTALL)
_NAMES = re.compile(r"(?<=[a-z] )[A-Z][a-z]{3,}")


class Author(ScriptedProvider):
    """A provider that drafts clozes: the first name in a sentence of the passage is the answer."""

    def answer(self, body: bytes) -> dict[str, Any]:
        answered = super().answer(body)
        prompt = json.loads(body)["messages"][-1]["content"]
        passage = _PASSAGE.search(prompt)
        assert passage is not None
        for sentence in re.split(r"(?<=[.!?]) ", passage[1]):
            if names := _NAMES.findall(sentence):
                question = f"Who or what is meant in the line of {len(self.log)} and {len(body)}?"
                form = {"question": question, "answers": names[:1], "quote": sentence}
                answered["choices"][0]["message"]["content"] = json.dumps(form)
                break
        return answered


@pytest.fixture
def scripted(simulacra: Simulacra) -> Iterator[ScriptedProvider]:
    with scripted_provider(Author()) as server:
        simulacra.environ["OPENAI_BASE_URL"] = server.base_url
        yield server


@pytest.fixture
def mary(simulacra: Simulacra) -> Path:
    """Mary's folder, as one's own, without a questionnaire."""
    folder = Path(simulacra.environ["SIMULACRA_WORKSPACE"]) / "mary-jones"
    shutil.copytree(shipped_folder() / "mary-jones", folder)
    (folder / "questionnaire.yaml").unlink()
    return folder


def clozes(count: int) -> tuple[str, ...]:
    return ("mary-jones", *MODEL, "--cloze", str(count), "--single", "0", "--multiple", "0")


def test_a_draft_stands_beside_the_character_and_passes_the_check(
    simulacra: Simulacra, scripted: ScriptedProvider, mary: Path
) -> None:
    told = json.loads(simulacra(*DRAFT, *clozes(4), "--json").stdout)
    file = mary / "questionnaire.draft.yaml"
    assert told["file"] == str(file)
    assert len(told["items"]) + len(told["left_out"]) == 4
    assert told["items"]
    assert "openai-chat:scripted made it" in file.read_text(encoding="utf-8")
    found = json.loads(simulacra(*CHECK, "mary-jones", "--file", str(file), "--json").stdout)
    assert {one["level"] for one in found} == {"warning"}  # fewer than 15 items


def test_a_draft_is_left_alone(
    simulacra: Simulacra, scripted: ScriptedProvider, mary: Path
) -> None:
    simulacra(*DRAFT, *clozes(2))
    asked = len(scripted.log)
    told = simulacra(*DRAFT, *clozes(2), code=1)
    assert "exists already" in told.stderr
    assert "--force" in told.stderr
    assert len(scripted.log) == asked


def test_a_killed_draft_goes_on_and_pays_only_for_what_was_in_flight(
    simulacra: Simulacra, scripted: ScriptedProvider, mary: Path
) -> None:
    scripted.seconds = 0.2
    running = simulacra.start(*DRAFT, *clozes(6))
    journal, end = mary / ".questionnaire.draft.yaml.journal", time.monotonic() + 60
    while time.monotonic() < end and not (
        journal.exists() and journal.read_text().count("\n") >= 3
    ):
        time.sleep(0.02)
    running.kill()
    kept = journal.read_text().count("\n")
    assert kept >= 3
    assert not (mary / "questionnaire.draft.yaml").exists()
    time.sleep(0.3)  # what was in flight is answered, to nobody
    scripted.seconds = 0.0
    simulacra(*DRAFT, *clozes(6))
    digests = [asked.digest for asked in scripted.log]
    assert len(digests) - len(set(digests)) <= 1
    assert not journal.exists()


def test_a_model_that_can_not_be_asked_is_an_error_and_no_draft(
    simulacra: Simulacra, scripted: ScriptedProvider, mary: Path
) -> None:
    scripted.breaks_after = 0
    told = simulacra(*DRAFT, *clozes(2), code=1)
    assert "scripted" in told.stderr
    assert not (mary / "questionnaire.draft.yaml").exists()


def test_small_models_and_shipped_characters_are_refused_with_a_mend(simulacra: Simulacra) -> None:
    told = simulacra(*DRAFT, "mary-jones", code=1)
    assert "shipped" in told.stderr
    assert "--output" in told.stderr
    small = ("--model", "embedded:qwen2.5-0.5b", "-o", "draft.yaml")
    told = simulacra(*DRAFT, "mary-jones", *small, code=1)
    assert "too small" in told.stderr
    assert "--model" in told.stderr
    assert not (simulacra.folder / "draft.yaml").exists()


def test_no_items_at_all_are_a_wrong_command(simulacra: Simulacra) -> None:
    none = ("--cloze", "0", "--single", "0", "--multiple", "0")
    assert "one item" in simulacra(*DRAFT, "mary-jones", *none, code=2).stderr


@pytest.mark.parametrize("name", ["mary-jones", "marsh-zhaleh"])
def test_shipped_questionnaires_pass(simulacra: Simulacra, name: str) -> None:
    assert "\n0 errors, " in "\n" + simulacra(*CHECK, name).stdout


def test_a_broken_questionnaire_is_told_with_its_line(simulacra: Simulacra, mary: Path) -> None:
    text = (shipped_folder() / "mary-jones" / "questionnaire.yaml").read_text(encoding="utf-8")
    assert "evidence: [120]" in text
    (mary / "questionnaire.yaml").write_text(text.replace("evidence: [120]", "evidence: [9999]"))
    found = json.loads(simulacra(*CHECK, "mary-jones", "--json", code=1).stdout)
    assert [one["message"] for one in found if one["level"] == "error"] == [
        "cloze-5: the story has no paragraph 9999."
    ]
    (mary / "questionnaire.yaml").write_text(text.replace("answer: [Yellow", "answer: [Red"))
    told = simulacra(*CHECK, "mary-jones", code=1).stdout
    assert "questionnaire.yaml:" in told
    assert "none of the options" in told


def test_without_a_questionnaire_the_mend_is_to_draft_one(simulacra: Simulacra, mary: Path) -> None:
    told = simulacra(*CHECK, "mary-jones", code=1)
    assert "questionnaire draft mary-jones" in told.stderr


def test_a_model_that_goes_away_loses_nothing_that_the_rules_found(
    simulacra: Simulacra, scripted: ScriptedProvider
) -> None:
    scripted.breaks_after = 0
    told = simulacra(*CHECK, "mary-jones", *MODEL, code=1)
    assert "0 errors" in told.stdout
    assert "scripted" in told.stderr
