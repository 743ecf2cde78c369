"""Biographies from the command line: written, refused, kept, checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.biography.people import GRACE
from tests.biography.test_writing import GOOD, Writer
from typer.testing import CliRunner

from simulacra.characters import read_character, write_character
from simulacra.cli.biography import app
from simulacra.errors import CharacterError, CharacterExistsError, CharacterInvalidError
from simulacra.inference import ScriptedModel

if TYPE_CHECKING:
    from tests.cli.conftest import Simulacra

FLAGGED = f"{GOOD} And then she"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A character without a biography, in the workspace."""
    return write_character(tmp_path / "workspace" / "grace-miller", sheet=GRACE).folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, texts: tuple[str, ...] = (GOOD,)) -> Any:
    """Run a command with a scripted model; raise what it raised."""

    def load(name: str | None, settings: object) -> ScriptedModel:
        del name, settings
        return ScriptedModel(Writer(*texts))

    monkeypatch.setattr("simulacra.inference.choice.load_chat_model", load)
    done = CliRunner().invoke(app, list(arguments))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_biography_is_written_and_then_there(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    done = run(monkeypatch, "write", "grace-miller", "--json")
    value = json.loads(done.stdout)
    assert (done.exit_code, value["accepted"], value["attempts"]) == (0, True, 1)
    assert value["prompt_digest"]
    assert read_character(folder).biography == f"{GOOD}\n"


def test_a_biography_that_is_there_is_not_touched(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    (folder / "biography.md").write_text("Mine.\n")
    with pytest.raises(CharacterExistsError, match="--replace"):
        run(monkeypatch, "write", "grace-miller")
    assert (folder / "biography.md").read_text() == "Mine.\n"


def test_with_replace_every_old_one_is_kept(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "biography.md").write_text("Mine.\n")
    run(monkeypatch, "write", "grace-miller", "--replace")
    run(monkeypatch, "write", "grace-miller", "--replace")
    assert (folder / "biography.old-1.md").read_text() == "Mine.\n"
    assert (folder / "biography.old-2.md").read_text() == f"{GOOD}\n"


def test_a_flagged_one_waits_as_a_draft(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    done = run(monkeypatch, "write", "grace-miller", texts=(FLAGGED,) * 3)
    assert done.exit_code == 1
    assert "cut off" in done.stdout
    assert (folder / "biography.draft.md").read_text() == f"{FLAGGED}\n"
    assert not (folder / "biography.md").exists()


def test_a_flagged_one_is_taken_if_you_say_so(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    (folder / "biography.draft.md").write_text("Older draft.\n")
    arguments = ("write", "grace-miller", "--attempts", "1", "--accept-flagged", "--json")
    done = run(monkeypatch, *arguments, texts=(FLAGGED,))
    assert (done.exit_code, json.loads(done.stdout)["flags"][0]["check"]) == (0, "cut off")
    assert (folder / "biography.md").read_text() == f"{FLAGGED}\n"
    assert not (folder / "biography.draft.md").exists()


def test_a_shipped_character_gets_no_biography(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CharacterError, match="shipped"):
        run(monkeypatch, "write", "mary-jones", "--replace")


def test_check_names_what_is_wrong_and_exits_1(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    (folder / "biography.md").write_text(GOOD.replace("1982", "1983"))
    done = run(monkeypatch, "check", "grace-miller", "--json")
    assert done.exit_code == 1
    assert "date" in {flag["check"] for flag in json.loads(done.stdout)["flags"]}


def test_check_is_content_with_the_shipped_character(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, "check", "mary-jones")
    assert (done.exit_code, "nothing is wrong" in done.stdout) == (0, True)


def test_check_can_ask_a_model_too(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "biography.md").write_text(GOOD)
    done = run(monkeypatch, "check", "grace-miller", "--model", "scripted")
    assert done.exit_code == 0


def test_check_without_a_biography_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    del folder
    with pytest.raises(CharacterError, match="biography write grace-miller"):
        run(monkeypatch, "check", "grace-miller")


def test_a_broken_file_is_named(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "biography.md").write_bytes(b"caf\xe9")
    with pytest.raises(CharacterInvalidError, match="biography"):
        run(monkeypatch, "write", "grace-miller")


def test_the_whole_command_over_a_real_connection(simulacra: Simulacra, folder: Path) -> None:
    arguments = ("biography", "write", "grace-miller", "--attempts", "1")
    done = simulacra(*arguments, "--workspace", str(folder.parent))
    assert "Written to" in done.stdout
    assert "Grace Miller was born on" in (folder / "biography.md").read_text(encoding="utf-8")
    assert done.stderr == ""
