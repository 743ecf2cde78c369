from __future__ import annotations

from pathlib import Path

import pytest

from simulacra.characters import Workspace
from simulacra.errors import (
    CharacterError,
    CharacterInvalidError,
    CharacterNotFoundError,
)
from simulacra.settings import Settings

SHEET = """\
as_of: 2020-06-01
profile:
  name: {name}
  age: 30
  gender: female
  date_of_birth: 1990-03-01
  occupation: {{title: lamp keeper}}
  traits: {{ranking: [], descriptions: [I count steps.]}}
  hobbies: [rowing]
  family: small
  education: taught at home
  short_term_goals: []
  long_term_goal: seeing a desert
provenance: {{author: somebody, licence: CC BY 4.0, note: made for a test}}
"""


def put(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder / "character.yaml").write_text(SHEET.format(name=name), encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    put(tmp_path / "shipped" / "ada-frost", "Ada Frost")
    put(tmp_path / "own" / "bo-lind", "Bo Lind")
    return Workspace(tmp_path / "own", shipped=tmp_path / "shipped")


@pytest.mark.parametrize("name", ["ada-frost", "Ada Frost", "ADA FROST", " ada-Frost "])
def test_slugs_and_names_are_found_case_blind(workspace: Workspace, name: str) -> None:
    assert workspace.get(name).slug == "ada-frost"


def test_shipped_and_own_are_told_apart(workspace: Workspace) -> None:
    assert [(c.slug, c.shipped) for c in workspace.characters()] == [
        ("ada-frost", True),
        ("bo-lind", False),
    ]


def test_an_own_character_shadows_a_shipped_one(workspace: Workspace) -> None:
    assert not workspace.shadowed("ada-frost")
    put(workspace.path / "ada-frost", "Ada Frost the Second")
    assert workspace.shadowed("ada-frost")
    assert workspace.get("ada-frost").name == "Ada Frost the Second"
    assert len(workspace.characters()) == 2


@pytest.mark.parametrize("name", ["ada-forst", "Ada Forst", "adafrost", "Frost"])
def test_a_near_miss_names_the_right_one(workspace: Workspace, name: str) -> None:
    with pytest.raises(CharacterNotFoundError, match=r"Did you mean Ada Frost \(ada-frost\)"):
        workspace.get(name)


@pytest.mark.parametrize("name", ["", "..", "../own/bo-lind", "zzzz", "\0", "🙂"])
def test_what_is_no_name_is_not_found(workspace: Workspace, name: str) -> None:
    with pytest.raises(CharacterNotFoundError):
        workspace.get(name)


def test_two_of_the_same_name_are_asked_for_by_slug(workspace: Workspace) -> None:
    put(workspace.path / "other-1", "Eve Stone")
    put(workspace.path / "other-2", "Eve Stone")
    with pytest.raises(CharacterNotFoundError, match="other-1, other-2"):
        workspace.get("Eve Stone")
    assert workspace.get("other-2").name == "Eve Stone"


def test_one_broken_folder_does_not_hide_the_others(workspace: Workspace) -> None:
    broken = workspace.path / "broken"
    broken.mkdir()
    (broken / "story.md").write_text("One.\n")
    with pytest.raises(CharacterInvalidError, match=r"character\.yaml: the file is missing"):
        workspace.characters()
    errors: list[CharacterInvalidError] = []
    assert len(workspace.characters(errors)) == 2
    assert len(errors) == 1
    assert workspace.get("Bo Lind").slug == "bo-lind"


def test_only_own_characters_can_be_deleted(workspace: Workspace) -> None:
    with pytest.raises(CharacterError, match="shipped"):
        workspace.delete("ada-frost")
    workspace.delete("Bo Lind")
    assert list(workspace.path.iterdir()) == []
    assert workspace.get("ada-frost").shipped


def test_deleting_a_link_leaves_what_it_points_to(workspace: Workspace, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "Eve Stone")
    (workspace.path / "eve").symlink_to(tmp_path / "elsewhere")
    workspace.delete("eve")
    assert (tmp_path / "elsewhere" / "character.yaml").exists()


def test_the_workspace_is_the_setting_then_here_then_the_data_folder(tmp_path: Path) -> None:
    given = Settings(workspace=tmp_path / "w", data=tmp_path / "d")
    plain = Settings(data=tmp_path / "d")
    assert Workspace.find(plain, tmp_path).path == tmp_path / "d" / "characters"
    (tmp_path / "characters").mkdir()
    assert Workspace.find(plain, tmp_path).path == tmp_path / "characters"
    assert Workspace.find(given, tmp_path).path == tmp_path / "w"


def test_a_new_machine_has_a_workspace_with_the_shipped_characters_only(tmp_path: Path) -> None:
    assert all(c.shipped for c in Workspace(tmp_path / "nowhere").characters([]))
