from __future__ import annotations

import errno
import os
import pickle
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.characters import (
    CharacterSheet,
    FileProblemsError,
    Item,
    Occupation,
    Profile,
    Provenance,
    Questionnaire,
    Traits,
    problems_in,
    read_character,
    write_character,
)
from simulacra.errors import CharacterError, CharacterExistsError, CharacterInvalidError

SHEET = """\
schema_version: 1
as_of: 2020-06-01
profile:
  name: Ada Frost
  age: 30
  gender: female
  date_of_birth: 1990-03-01
  occupation:
    title: lamp keeper
  traits:
    ranking: []
    descriptions:
    - I count steps.
  hobbies: [rowing]
  family: small
  education: taught at home
  short_term_goals: []
  long_term_goal: seeing a desert
provenance:
  author: somebody
  licence: CC BY 4.0
  note: made for a test
"""


def write(folder: Path, sheet: str = SHEET, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "character.yaml").write_text(sheet, encoding="utf-8")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_is_read(tmp_path: Path) -> None:
    ada = read_character(write(tmp_path / "ada", biography_md="She rows.\n", story_md="One.\n"))
    assert (ada.slug, ada.name, ada.profile.age) == ("ada", "Ada Frost", 30)
    assert (ada.biography, ada.story_text, ada.questionnaire) == ("She rows.\n", "One.\n", None)
    assert ada.memories_path == tmp_path / "ada" / "memories.jsonl"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  age: 30", "  age: 31", "profile.age is 31"),
        ("  age: 30", "  age: thirty", "character.yaml:5: profile.age: "),
        ("  age: 30", "  age: 30\n  aeg: 30", "character.yaml:6: unknown key 'profile.aeg'"),
        ("  age: 30\n", "", "character.yaml:3: the key 'profile.age' is missing"),
        ("  age: 30", "  age: 30\n  age: 30", "character.yaml:6: the key 'age' stands twice"),
        ("    - I count steps.", "    - ''", "character.yaml:13: profile.traits.descriptions.0"),
        ("[rowing]", "[rowing", "this is no valid YAML"),
        ("rowing", "!!python/object/apply:os.getcwd []", "this is no valid YAML"),
        ("1990-03-01", "1990-02-31", "character.yaml"),
        ("[rowing]", "&a [*a]", "character.yaml:14: profile.hobbies.0"),
        ("[rowing]", "[" * 5000, "character.yaml"),
        (SHEET, "", "Input should be a valid dictionary"),
        (SHEET, "- a list\n", "Input should be a valid dictionary"),
    ],
)
def test_a_bad_sheet_names_file_line_and_mend(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = write(tmp_path / "ada", SHEET.replace(old, new, 1))
    with pytest.raises(CharacterInvalidError) as caught:
        read_character(folder)
    assert said in caught.value.what
    assert caught.value.mend


def test_a_misspelt_key_is_told_the_right_one(tmp_path: Path) -> None:
    folder = write(tmp_path / "ada", SHEET + "provenence: x\n")
    with pytest.raises(CharacterInvalidError, match="Did you mean 'provenance'"):
        read_character(folder)


def test_text_that_is_no_utf8_names_the_line(tmp_path: Path) -> None:
    folder = write(tmp_path / "ada")
    (folder / "story.md").write_bytes(b"one\n\ncaf\xe9")
    with pytest.raises(CharacterInvalidError, match=r"story\.md:3: byte 0xe9"):
        read_character(folder)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    folder = write(tmp_path / "ada", "\ufeff" + SHEET, story_md="\ufeffOne.\n")
    assert read_character(folder).story_text == "One.\n"


def test_a_text_of_21_megabytes_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "ada", story_md="x")
    os.truncate(folder / "story.md", 21_000_000)
    with pytest.raises(CharacterInvalidError, match="more than the 20,000,000"):
        read_character(folder)


def test_all_problems_of_a_folder_are_found(tmp_path: Path) -> None:
    sheet = SHEET.replace("age: 30", "age: x").replace("gender: female", "gender: ''")
    folder = write(tmp_path / "ada", sheet, questionnaire_yaml="items: 3\n")
    assert [(p.file.name, p.line) for p in problems_in(folder)] == [
        ("character.yaml", 5),
        ("character.yaml", 6),
        ("questionnaire.yaml", 1),
    ]


def test_problems_survive_pickling(tmp_path: Path) -> None:
    with pytest.raises(FileProblemsError) as caught:
        read_character(tmp_path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.problems) == (str(caught.value), caught.value.problems)


def a_sheet() -> CharacterSheet:
    return CharacterSheet(
        schema_version=1,
        as_of=date(2020, 6, 1),
        profile=Profile(
            name="Ada Frost",
            age=30,
            gender="female",
            date_of_birth=date(1990, 3, 1),
            occupation=Occupation(title="lamp keeper", isco="6210"),
            traits=Traits(ranking=(), descriptions=("I count steps.",)),
            hobbies=("rowing",),
            family="small",
            education="taught at home",
            short_term_goals=(),
            long_term_goal="seeing a desert",
        ),
        provenance=Provenance(author="somebody", licence="CC BY 4.0", note="for a test"),
    )


def test_writing_over_a_character_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "ada", story_md="old\n")
    with pytest.raises(CharacterExistsError):
        write_character(folder, sheet=a_sheet(), story_text="new\n")
    assert (folder / "story.md").read_text() == "old\n"


def test_replacing_leaves_no_old_file_and_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "ada", story_md="old\n")
    write_character(folder, sheet=a_sheet(), biography="new\n", replace=True)
    assert sorted(path.name for path in folder.iterdir()) == ["biography.md", "character.yaml"]
    assert [path.name for path in tmp_path.iterdir()] == ["ada"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "ada", story_md="old\n")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CharacterError, match="No space left"):
        write_character(folder, sheet=a_sheet(), story_text="new\n", replace=True)
    assert read_character(folder).story_text == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["ada"]


WORDS = st.text(min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
TEXTS = st.text(max_size=200).filter(lambda text: not text.startswith("\ufeff"))


@st.composite
def sheets(draw: st.DrawFn) -> CharacterSheet:
    profile: dict[str, Any] = a_sheet().profile.model_dump()
    for key in ("name", "gender", "family", "education", "long_term_goal"):
        profile[key] = draw(WORDS)
    profile["hobbies"] = draw(st.lists(WORDS, max_size=3))
    profile["traits"] = {"ranking": (), "descriptions": [draw(WORDS) + " abc"]}
    extra = draw(st.dictionaries(st.text(max_size=20), WORDS, max_size=3))
    whole = a_sheet().model_dump() | {"profile": profile, "extra": extra}
    return CharacterSheet.model_validate(whole)


@settings(max_examples=60, deadline=None)
@given(sheets(), TEXTS, TEXTS, WORDS)
def test_what_is_written_is_read_back(
    sheet: CharacterSheet, biography: str, story: str, question: str
) -> None:
    item = Item(id="cloze-1", kind="cloze", question=question, options=(), answer=("yes",))
    questionnaire = Questionnaire(items=(item,))
    with tempfile.TemporaryDirectory() as folder:
        read = write_character(
            Path(folder) / "ada",
            sheet=sheet,
            biography=biography,
            story_text=story,
            questionnaire=questionnaire,
        )
    assert (read.sheet, read.questionnaire) == (sheet, questionnaire)
    assert (read.biography, read.story_text) == (biography, story)
