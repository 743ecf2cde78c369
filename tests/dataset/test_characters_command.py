from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from original_data import LINES, Original
from typer.testing import CliRunner, Result

from simulacra.characters import Workspace
from simulacra.cli.characters import app
from simulacra.dataset import import_original
from simulacra.errors import (
    CharacterExistsError,
    CharacterInvalidError,
    CharacterNotFoundError,
    ImportRejectedError,
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder that the tests' settings name as the workspace."""
    return tmp_path / "workspace"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def filled(original: Original, own: Path) -> Original:
    import_original(original.root, Workspace(own))
    return original


def test_list_has_the_keys_that_scripts_rely_on(filled: Original) -> None:
    rows = json.loads(run("list", "--json").stdout)
    ada = next(row for row in rows if row["slug"] == "ada-frost")
    assert ada == {
        "slug": "ada-frost",
        "name": "Ada Frost",
        "age": 30,
        "gender": "female",
        "occupation": "lamp keeper",
        "story_words": len(" ".join(LINES).split()),
        "memories": 3,
        "source": "workspace",
    }


def test_list_names_what_is_broken_and_shows_the_rest(filled: Original, own: Path) -> None:
    (own / "bo-lind" / "memories.jsonl").write_text("{")
    result = run("list", "--json")
    assert result.exit_code == 1
    assert "ada-frost" in result.stdout
    assert "bo-lind/memories.jsonl:1" in result.stderr


def test_show_tells_who_it_is(filled: Original) -> None:
    assert "lamp keeper" in run("show", "ada frost").stdout
    assert json.loads(run("show", "ada-frost", "--json").stdout)["profile"]["name"] == "Ada Frost"


def test_import_reports_each_character_by_name(original: Original, own: Path) -> None:
    original.path("Stories", "Bo Lind", "Bo Lind.txt").write_text("")
    result = run("import", original.root, "--prefix", "original-", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert [entry["slug"] for entry in report["imported"]] == ["original-ada-frost"]
    assert [entry["name"] for entry in report["rejected"]] == ["Bo Lind"]
    assert [path.name for path in own.iterdir()] == ["original-ada-frost"]


def test_check_fails_on_errors_and_names_the_place(filled: Original, own: Path) -> None:
    result = run("check", "ada-frost", "--no-embeddings", "--json")
    assert result.exit_code == 0
    (own / "ada-frost" / "character.yaml").write_text("as_of: 3\n")
    result = run("check", own / "ada-frost", "--no-embeddings")
    assert result.exit_code == 1
    assert "character.yaml:1" in result.stdout.replace("\n", "")


def test_check_wants_one_name_or_all(
    filled: Original, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is shipped is checked by `dataset verify`, and its test.
    def alone(folder: Path | None) -> Workspace:
        return Workspace(folder or own, shipped=own.parent / "nobody")

    monkeypatch.setattr("simulacra.cli.characters.open_workspace", alone)
    assert run("check").exit_code == 2
    assert run("check", "ada-frost", "--all").exit_code == 2
    assert run("check", "--all", "--no-embeddings", "--json").stdout.startswith("[")


@pytest.mark.parametrize("target", ["out", "ada.zip"])
def test_an_exported_character_comes_back_the_same(
    filled: Original, own: Path, tmp_path: Path, target: str
) -> None:
    assert run("export", "Ada Frost", "--to", tmp_path / target).exit_code == 0
    assert run("import", tmp_path / target, "--prefix", "copy-").exit_code == 0
    (copy,) = own.glob("copy-*")
    for file in (own / "ada-frost").iterdir():
        assert (copy / file.name).read_bytes() == file.read_bytes()


def test_export_writes_over_nothing(filled: Original, tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_text("mine")
    result = run("export", "ada-frost", "--to", tmp_path / "ada.zip")
    assert isinstance(result.exception, CharacterExistsError)
    assert (tmp_path / "ada.zip").read_text() == "mine"


def test_a_file_that_is_no_zip_is_rejected(own: Path, tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_text("no zip")
    result = run("import", tmp_path / "ada.zip")
    assert isinstance(result.exception, ImportRejectedError)
    assert not own.exists()


def test_a_cut_memory_file_is_not_imported(filled: Original, own: Path, tmp_path: Path) -> None:
    run("export", "ada-frost", "--to", tmp_path / "out")
    file = tmp_path / "out" / "memories.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    result = run("import", tmp_path / "out", "--prefix", "copy-")
    assert isinstance(result.exception, CharacterInvalidError)
    assert not list(own.glob("copy-*"))


def test_delete_asks_first(filled: Original, own: Path) -> None:
    assert CliRunner().invoke(app, ["delete", "ada-frost"], input="n\n").exit_code == 1
    assert (own / "ada-frost").exists()
    assert run("delete", "Ada Frost", "--yes").exit_code == 0
    assert not (own / "ada-frost").exists()


def test_an_unknown_name_is_said_to_be_unknown(filled: Original) -> None:
    result = run("show", "Ada Forst")
    assert isinstance(result.exception, CharacterNotFoundError)
    assert result.exception.mend == "Did you mean Ada Frost (ada-frost)?"


def test_shadowing_a_shipped_character_is_said_on_standard_error(
    filled: Original, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (own / "ada-frost").rename(shipped / "ada-frost")
    import_original(filled.root, Workspace(own))

    def opened(folder: Path | None = None) -> Workspace:
        return Workspace(folder or own, shipped=shipped)

    monkeypatch.setattr("simulacra.cli.characters.open_workspace", opened)
    assert "hides the shipped one" in run("show", "ada-frost").stderr
    assert run("show", "bo-lind").stderr == ""


def test_the_command_group_imports_nothing_heavy() -> None:
    code = (
        "import sys, simulacra.cli.characters\n"
        "heavy = {'yaml', 'pydantic', 'numpy', 'rich', 'simulacra.characters'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    heavy = result.stdout.strip()
    assert heavy in ("[]", "['rich']")
