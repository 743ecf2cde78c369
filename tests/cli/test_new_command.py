"""``simulacra characters new``: from a file, from chance, and from questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Simulacra
from test_select_command import Screen
from typer.testing import CliRunner, Result

from simulacra.characters import Pools, candidates_text, read_character, sample
from simulacra.cli.app import app
from simulacra.errors import SimulacraError

PEOPLE = sample(Pools.load(), 3, 7)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(candidates_text(PEOPLE, "csv"))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["characters", "new", *(str(word) for word in words)])


def refused(*words: object) -> str:
    failed = run(*words)
    assert failed.exit_code != 0
    assert isinstance(failed.exception, (SimulacraError, SystemExit)), failed.exception
    return " ".join(f"{failed.exception} {failed.output}".split())


def made(*words: object) -> list[Path]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return [Path(entry["folder"]) for entry in json.loads(done.stdout)]


def test_all_of_a_file_are_made_once(file: Path, workspace: Path) -> None:
    folders = made("--from", file, "--all")
    assert [read_character(folder).profile for folder in folders] == [p.profile for p in PEOPLE]
    again = run("--from", file, "--all")
    assert again.stderr.count("is there already") == 3
    assert len(list(workspace.iterdir())) == 3


def test_one_of_a_file_is_made_by_number_or_by_name(file: Path) -> None:
    assert read_character(made("--from", file, "--index", 2)[0]).profile == PEOPLE[1].profile
    name = PEOPLE[2].profile.name.upper()
    assert read_character(made("--from", file, "--name", name)[0]).profile == PEOPLE[2].profile


def test_people_of_the_same_name_get_a_number(tmp_path: Path) -> None:
    same = sample(Pools.load(), 2, 7, {"name": "Ada Quill"})
    (tmp_path / "same.json").write_text(candidates_text(same, "json"))
    folders = made("--from", tmp_path / "same.json", "--all")
    assert [folder.name for folder in folders] == ["ada-quill", "ada-quill-2"]


def test_without_a_terminal_what_is_not_given_is_left_to_chance(workspace: Path) -> None:
    words = ("--seed", 7, "--fix", "occupation=nurse", "--fix", "name=Ada Quill")
    done = run(*words, "--author", "Jo", "--licence", "CC BY 4.0")
    assert "biography write ada-quill" in done.stdout
    character = read_character(workspace / "ada-quill")
    drawn = sample(Pools.load(), 1, 7, {"occupation": "nurse", "name": "Ada Quill"})[0]
    assert character.profile == drawn.profile
    assert character.sheet.provenance.model_dump() == {
        "author": "Jo",
        "licence": "CC BY 4.0",
        "note": "Given by the author: occupation, name. All others drawn from pools with seed 7.",
    }
    assert "--as" in refused(*words)
    assert made(*words, "--as", "ada-2")[0].name == "ada-2"


def test_what_contradicts_itself_is_refused_in_words_unless_insisted_on() -> None:
    words = ("--seed", 7, "--fix", "occupation=surgeon", "--fix", "age=12")
    assert "A surgeon needs an age of 31 or more, but the age is 12." in refused(*words)
    insisted = read_character(made(*words, "--insist")[0]).profile
    assert (insisted.age, insisted.occupation.title) == (12, "surgeon")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--all",), "--from"),
        (("--fix", "occupation"), "ATTRIBUTE=VALUE"),
        (("--fix", "ocupation=nurse"), "'occupation'"),
        (("--ask",), "no terminal"),
        (("--from", "none.json", "--all"), "none.json"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], says: str) -> None:
    assert says in refused(*words)


def test_which_of_a_file_must_be_said_and_be_there(file: Path) -> None:
    assert "--index" in refused("--from", file)
    assert "no number 9" in refused("--from", file, "--index", 9)
    assert "0 candidates called" in refused("--from", file, "--name", "Nobody")
    assert "one of" in refused("--from", file, "--index", 1, "--all")
    assert "without --from" in refused("--from", file, "--seed", 3)


def test_at_a_terminal_each_attribute_is_asked_and_conflicts_are_told(
    simulacra: Simulacra, workspace: Path
) -> None:
    screen = Screen(simulacra, "new", "--seed", "4", "--fix", "gender=female")
    assert "Enter leaves it to chance" in screen.say("name: ", "Zoë Ferreira")
    screen.say("age: ", "25")
    screen.say("birth: ", "")
    screen.say("occupation: ", "surgeon")
    assert "A surgeon needs an age of 31" in screen.say("insist: ", "")
    screen.say("occupation: ", "champion swimmer")
    education = screen.say("education: ", "1")
    screen.say("family: ", "brought up by the sea")
    screen.say("hobbies: ", "chess; rowing")
    screen.say("traits: ", "nonsense")
    assert "no ranking" in screen.say("traits: ", "")
    screen.say("goals: ", "")
    screen.say("goal: ", "")
    assert "champion swimmer" in screen.say("quit: ", "")
    assert "biography write zoe-ferreira" in screen.end()
    character = read_character(workspace / "zoe-ferreira")
    profile = character.profile
    assert (profile.age, profile.occupation.title) == (25, "champion swimmer")
    assert profile.education in education
    assert profile.hobbies == ("chess", "rowing")
    assert profile.family == "brought up by the sea"
    assert "hobbies" in character.sheet.provenance.note


def test_at_a_terminal_one_may_stop_and_nothing_is_made(
    simulacra: Simulacra, workspace: Path
) -> None:
    screen = Screen(simulacra, "new")
    screen.say("gender: ", "\x04")
    assert "Nothing was made" in screen.end()
    assert not workspace.exists()
