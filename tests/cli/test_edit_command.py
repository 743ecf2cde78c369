"""``simulacra characters edit``: what changes, what is refused, and what is known afterwards."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from simulacra.characters import Workspace, make, read_character, sample, write_file
from simulacra.characters.attribute_pools import Pools
from simulacra.cli.app import app
from simulacra.cognition import Simulacrum
from simulacra.errors import SimulacraError
from simulacra.inference import HashEmbedder, ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer
from simulacra.settings import Settings

BIOGRAPHY = "Ada Quill is 36 and works as a nurse. She plays chess with her neighbour.\n"
STORY = "# Home\n\nAda grew up by the sea.\n\nShe learned chess from a sailor.\n\nIt rained.\n"


@pytest.fixture
def ada(tmp_path: Path) -> Path:
    fixed = {
        "name": "Ada Quill",
        "date_of_birth": "1990-02-03",
        "occupation": "nurse",
        "hobbies": "chess; rowing",
        "education": "a bachelor's degree from a public university",
    }
    candidate = sample(Pools.load(), 1, 7, fixed)[0]
    folder = make(candidate, Workspace(tmp_path / "workspace"), author="Jo").folder
    write_file(folder / "biography.md", BIOGRAPHY)
    write_file(folder / "story.md", STORY)
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["characters", "edit", *(str(word) for word in words)])


def refused(*words: object) -> str:
    failed = run(*words)
    assert failed.exit_code != 0
    assert isinstance(failed.exception, (SimulacraError, SystemExit)), failed.exception
    return " ".join(f"{failed.exception} {failed.output}".split())


def test_attributes_are_set_and_unset(ada: Path) -> None:
    done = run("Ada Quill", "--set", "favourite colour=green", "--set", "Long-term goal=own a boat")
    assert done.exit_code == 0, done.output
    assert "favourite colour: — → green" in done.stdout
    sheet = read_character(ada).sheet
    assert sheet.extra == {"favourite colour": "green"}
    assert sheet.profile.long_term_goal == "own a boat"
    report = json.loads(run("ada-quill", "--unset", "favourite colour", "--json").stdout)
    assert report["changes"] == [{"attribute": "favourite colour", "before": "green", "after": "—"}]
    assert read_character(ada).sheet.extra == {}


async def test_an_attribute_of_ones_own_is_known_in_the_next_turn(ada: Path) -> None:
    CliRunner().invoke(app, ["characters", "edit", "ada-quill", "--set", "favourite colour=green"])
    model = ScriptedModel(_agent)
    person = Simulacrum(
        read_character(ada),
        method="macm",
        model=model,
        agent_model=model,
        embedder=HashEmbedder(),
        settings=Settings.read(),
        partner="My best friend",
        seed=1,
    )
    turn = await person.respond("What is your favourite colour?")
    assert "fact-favourite-colour" in {memory.id for memory in turn.trace.memories}
    assert "My favourite colour: green." in model.calls[-1].user


def _agent(call: ScriptedCall) -> ScriptedAnswer:
    if call.schema is None:
        return "Green, of course."
    if call.schema.__name__ == "ReflectAnswer":
        query = "My favourite colour"
        return {"elements": ["colour"], "query": query, "beyond": "", "pressure": ""}
    return {"feeling": "calm", "intensity": 2, "text": "I feel calm."}


def test_a_conflict_is_told_and_needs_force(ada: Path) -> None:
    before = (ada / "character.yaml").read_bytes()
    told = refused("ada-quill", "--set", "age=19")
    assert "A nurse needs an age of 21 or more, but the age is 19." in told
    assert "--force" in told
    assert (ada / "character.yaml").read_bytes() == before
    forced = run("ada-quill", "--set", "age=19", "--force")
    assert "A nurse needs" in forced.stderr
    profile = read_character(ada).profile
    assert (profile.age, profile.date_of_birth.year) == (19, 2007)


def test_what_still_tells_of_the_old_value_is_named(ada: Path) -> None:
    done = run("ada-quill", "--set", "hobbies=rowing; keeping bees", "--set", "age=37")
    told = " ".join(done.stderr.split())
    assert "'chess' is still told of in biography.md, story.md (paragraphs 1)" in told
    assert "'36' is still told of in biography.md:" in told
    assert "rowing" not in told


def test_a_key_that_is_almost_an_attribute_is_pointed_out(ada: Path) -> None:
    assert "Was 'occupation' meant?" in " ".join(
        run("ada-quill", "--set", "ocupation=pilot").stderr.split()
    )


def test_shipped_characters_and_senseless_calls_are_refused(ada: Path) -> None:
    assert "characters export" in refused("mary-jones", "--set", "pet=a cat")
    assert "--editor" in refused("ada-quill")
    assert "--editor" in refused("ada-quill", "--editor", "--set", "pet=a cat")
    assert "ATTRIBUTE=VALUE" in refused("ada-quill", "--set", "pet")
    assert "no attribute 'pet'" in refused("ada-quill", "--unset", "pet")


# --- the editor -----------------------------------------------------------------------------------


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that replaces the first line of this file by its second."""
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys, pathlib\n"
        f"old, new = pathlib.Path({str(tmp_path / 'do')!r}).read_text().splitlines()\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "path.write_text(path.read_text().replace(old, new))\n"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    return tmp_path / "do"


def test_what_the_editor_leaves_is_taken_as_it_was_written(ada: Path, editor: Path) -> None:
    editor.write_text("- chess\n- bees  # since spring\n")
    done = run("ada-quill", "--editor")
    assert done.exit_code == 0, done.output
    assert "chess; rowing → bees; rowing" in done.stdout
    assert "# since spring" in (ada / "character.yaml").read_text()
    assert not (ada / ".character.edited.yaml").exists()


def test_an_edit_that_does_not_validate_changes_nothing_and_is_kept(
    ada: Path, editor: Path
) -> None:
    before = (ada / "character.yaml").read_bytes()
    editor.write_text("gender:\ngendre:\n")
    told = refused("ada-quill", "--editor")
    assert "gendre" in told
    assert "Your text is kept in" in told
    assert (ada / "character.yaml").read_bytes() == before
    editor.write_text("gendre:\ngender:\n")
    assert "Nothing was changed" in run("ada-quill", "--editor").stderr
    editor.write_text("age: 36\nage: 20\n")
    assert "20" in refused("ada-quill", "--editor")
    assert (ada / "character.yaml").read_bytes() == before


def test_a_conflict_written_in_the_editor_needs_force(ada: Path, editor: Path) -> None:
    editor.write_text("- chess\n- chess\n")
    text = (ada / "character.yaml").read_text()
    learned = "a bachelor's degree from a public university"
    editor.write_text(f"{learned}\nprimary school, then straight to work\n")
    assert "A nurse needs" in refused("ada-quill", "--editor")
    assert (ada / "character.yaml").read_text() == text
    assert run("ada-quill", "--editor", "--force").exit_code == 0
    assert read_character(ada).profile.education == "primary school, then straight to work"


def test_without_an_editor_it_is_said(ada: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    assert "Set EDITOR" in refused("ada-quill", "--editor")
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    assert "can't be started" in refused("ada-quill", "--editor")
