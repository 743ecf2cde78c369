from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from original_data import LINES, Original

from simulacra.biography import Story
from simulacra.characters import Workspace
from simulacra.characters.files import MAX_BYTES
from simulacra.dataset import import_original
from simulacra.errors import ImportRejectedError
from simulacra.memory.store import read_memories

Tree = Callable[[], dict[str, bytes]]
REAL = Path(__file__).parents[3] / "shared" / "original-dataset"


def test_every_part_of_a_character_arrives(original: Original, workspace: Workspace) -> None:
    report = import_original(original.root, workspace)
    assert [entry.slug for entry in report.imported] == ["ada-frost", "bo-lind"]
    assert report.rejected == ()
    ada = workspace.get("Ada Frost")
    assert ada.profile.hobbies == ("rowing", "knitting")
    assert ada.profile.short_term_goals == ("mending the boat", "sleeping late")
    assert ada.profile.traits.ranking == ()
    assert ada.profile.traits.descriptions == ("I count steps.", "I keep old coats.")
    assert "rows on Sundays" in ada.biography
    assert ada.sheet.provenance.licence == "CC BY-NC-SA 4.0"
    story = Story.parse(ada.story_text)
    assert story.paragraphs == tuple(LINES)
    assert [(c.title, c.start) for c in story.chapters] == [("The Lamp", 0), ("Winter", 3)]
    memories = read_memories(ada.memories_path)
    assert [m.source.paragraphs for m in memories] == [(0, 1), (2, 3), (4, 5)]
    assert memories[0].thought == "I think of it."
    assert memories[0].emotion == "I felt warm."
    assert ada.questionnaire is not None
    single = next(item for item in ada.questionnaire.items if item.kind == "single")
    assert single.options == ("turnips", "rice", "fish", "bread")
    assert single.answer == ("turnips",)
    multiple = next(item for item in ada.questionnaire.items if item.kind == "multiple")
    assert multiple.answer == ("thing B", "thing D", "thing F")


@pytest.mark.parametrize("under", ["", "LLMP/Characters"])
def test_root_or_clone_or_folder_are_found(
    original: Original, workspace: Workspace, under: str
) -> None:
    clone = original.root.parent.parent
    assert len(import_original(clone / under, workspace).imported) == 2


def test_a_prefix_stands_beside_and_keeps_the_name(
    original: Original, workspace: Workspace
) -> None:
    import_original(original.root, workspace)
    report = import_original(original.root, workspace, "original-")
    assert [entry.slug for entry in report.imported] == ["original-ada-frost", "original-bo-lind"]
    assert workspace.get("original-ada-frost").name == "Ada Frost"


def test_what_is_there_already_is_left_alone_unless_replaced(
    original: Original, workspace: Workspace, tree: Tree
) -> None:
    import_original(original.root, workspace)
    before = tree()
    report = import_original(original.root, workspace)
    assert [entry.name for entry in report.rejected] == ["Ada Frost", "Bo Lind"]
    assert "exists already" in report.rejected[0].reason
    assert tree() == before
    assert len(import_original(original.root, workspace, replace=True).imported) == 2


def test_a_profile_under_another_name_is_matched_by_id(
    original: Original, workspace: Workspace
) -> None:
    original.add("003", "Cleo Marsh", profile_name="Dora Vale")
    cleo = import_original(original.root, workspace).imported[2]
    assert workspace.get(cleo.slug).name == "Cleo Marsh"
    assert any("Dora Vale" in note and "matched by its ID" in note for note in cleo.notes)
    assert any(note.startswith("biography, paragraph(s) 1:") for note in cleo.notes)


def test_blank_lines_that_were_counted_do_not_shift_the_memories(
    original: Original, workspace: Workspace
) -> None:
    lines = [LINES[0], "", LINES[1], "", LINES[2], LINES[3], LINES[4], LINES[5]]
    original.story("Ada Frost", lines, None)
    original.path("Stories", "Ada Frost", "Ada Frost_with_chapter_title.txt").unlink()
    original.memories("Ada Frost", [LINES[0], LINES[1], LINES[2], LINES[4]])
    ada = import_original(original.root, workspace).imported[0]
    memories = read_memories(workspace.get(ada.slug).memories_path)
    assert [m.source.paragraphs for m in memories] == [(0,), (1,), (2, 3), (4, 5)]
    assert any("blank lines counted" in note for note in ada.notes)


def test_memories_that_fit_no_count_are_aligned_by_their_words(
    original: Original, workspace: Workspace
) -> None:
    texts = [LINES[0], " ".join(LINES[1:4]), LINES[4], LINES[5]]
    original.memories("Ada Frost", texts)
    ada = import_original(original.root, workspace).imported[0]
    memories = read_memories(workspace.get(ada.slug).memories_path)
    assert [m.source.paragraphs for m in memories] == [(0,), (1, 2, 3), (4,), (5,)]
    assert any("by the words they share" in note for note in ada.notes)


def test_remarks_of_generation_are_kept_and_reported(
    original: Original, workspace: Workspace
) -> None:
    lines = [*LINES[:5], "As an AI language model, I can add a storm here."]
    original.story("Bo Lind", lines, lines)
    bo = import_original(original.root, workspace).imported[1]
    assert any(note.startswith("story, paragraph 5: a disclaimer") for note in bo.notes)
    assert "As an AI" in workspace.get(bo.slug).story_text


def test_an_option_that_stands_twice_stays_answerable(
    original: Original, workspace: Workspace
) -> None:
    options = ["A. oars", "B. nets", "C. oars", "D. rope", "E. tar", "F. sails"]
    question = {"question": "What is in the shed?", "options": options, "answer": ["C", "D", "E"]}
    original.json([question], "Questions", "Bo Lind", "Multiple_choices.json")
    bo = import_original(original.root, workspace).imported[1]
    questionnaire = workspace.get(bo.slug).questionnaire
    assert questionnaire is not None
    item = next(item for item in questionnaire.items if item.kind == "multiple")
    assert item.options == ("oars", "nets", "oars (2)", "rope", "tar", "sails")
    assert item.answer == ("oars (2)", "rope", "tar")
    assert any("stands twice" in note for note in bo.notes)


def test_a_byte_order_mark_and_windows_lines_are_survived(
    original: Original, workspace: Workspace
) -> None:
    text = "\ufeff" + "\r\n\r\n".join(LINES) + "\r\n"
    original.path("Stories", "Bo Lind", "Bo Lind.txt").write_bytes(text.encode())
    import_original(original.root, workspace)
    assert Story.parse(workspace.get("bo-lind").story_text).paragraphs == tuple(LINES)


Spoil = Callable[[Original], object]


def cut(*parts: str) -> Spoil:
    def spoil(data: Original) -> None:
        path = data.path(*parts)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return spoil


def put(text: str | bytes, *parts: str) -> Spoil:
    raw = text.encode() if isinstance(text, str) else text
    return lambda data: data.path(*parts).write_bytes(raw)


def remove(*parts: str) -> Spoil:
    return lambda data: data.path(*parts).unlink()


def huge(*parts: str) -> Spoil:
    def spoil(data: Original) -> None:
        with data.path(*parts).open("r+b") as file:
            file.truncate(200_000_000)

    return spoil


def link_out(*parts: str) -> Spoil:
    def spoil(data: Original) -> None:
        outside = data.root.parent.parent.parent / "outside.txt"
        outside.write_text("a secret of somebody else's", encoding="utf-8")
        data.path(*parts).unlink()
        data.path(*parts).symlink_to(outside)

    return spoil


def pipe(*parts: str) -> Spoil:
    def spoil(data: Original) -> None:
        data.path(*parts).unlink()
        os.mkfifo(data.path(*parts))

    return spoil


def named(name: str) -> Spoil:
    def spoil(data: Original) -> None:
        data.introductions[1]["Name"] = name
        data.lists()

    return spoil


def profile_with(**values: object) -> Spoil:
    def spoil(data: Original) -> None:
        data.profiles[1].update(values)
        data.lists()

    return spoil


STORY = ("Stories", "Bo Lind", "Bo Lind.txt")
MEMORY = ("Memories", "Bo Lind", "long_memory.json")
CLOZE = ("Questions", "Bo Lind", "Cloze.json")
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(cut(*MEMORY), "long_memory.json:1: the JSON ends too early", id="cut"),
        pytest.param(put("not json", *MEMORY), "this is no JSON", id="no JSON"),
        pytest.param(put("", *MEMORY), "the JSON ends too early", id="empty"),
        pytest.param(put("{}", *MEMORY), "has no memory", id="no memory"),
        pytest.param(put("[1, 2]", *MEMORY), "valid dictionary", id="wrong shape"),
        pytest.param(put('{"001": {"Memory": 3}}', *MEMORY), "001.Memory_Summary", id="wrong key"),
        pytest.param(put('{"1": 0, "1": 0}', *MEMORY), "'1' stands twice", id="twice"),
        pytest.param(put(DEEP, *MEMORY), "long_memory.json", id="deep"),
        pytest.param(put('{"a b": {"Memory_Summary": "s", "Memory": {"Memory Content": "c"}}}',
                         *MEMORY), "long_memory.json", id="odd id"),
        pytest.param(remove(*MEMORY), "long_memory.json: the file is missing", id="no memories"),
        pytest.param(huge(*STORY), f"more than the {MAX_BYTES:,}", id="200 MB"),
        pytest.param(put(b"first\ncaf\xe9", *STORY), ".txt:2: byte 0xe9", id="latin-1"),
        pytest.param(put(" \n\n", *STORY), "has no paragraph", id="empty story"),
        pytest.param(pipe(*STORY), "no regular file", id="a pipe"),
        pytest.param(link_out(*STORY), "leads outside", id="link"),
        pytest.param(named("../../etc"), "leads outside", id="dots"),
        pytest.param(named("/etc/passwd"), "leads outside", id="absolute"),
        pytest.param(named("Bo\0Lind"), "leads outside", id="NUL"),
        pytest.param(remove(*CLOZE), "Cloze.json: the file is missing", id="no questions"),
        pytest.param(put('[{"question": "What?", "answer": []}]', *CLOZE),
                     "Cloze.json: question 1", id="no answer"),
        pytest.param(profile_with(Age="old"), "entry 2.Age", id="age"),
        pytest.param(profile_with(Date_of_birth="1990-13-40"), "profile of Bo Lind", id="date"),
        pytest.param(profile_with(ID="404"), "'404'", id="no introduction"),
        pytest.param(profile_with(Traits=" "), "profile of Bo Lind", id="no traits"),
    ],
)  # fmt: skip
def test_bad_input_changes_nothing_and_says_what_is_wrong_where(
    original: Original, workspace: Workspace, tree: Tree, spoil: Spoil, said: str
) -> None:
    spoil(original)
    report = import_original(original.root, workspace)
    assert [entry.name for entry in report.imported] == ["Ada Frost"]
    assert any(said in entry.reason for entry in report.rejected), report.rejected
    assert {Path(name).parts[0] for name in tree()} == {"ada-frost"}


@pytest.mark.parametrize("text", ["[{]", "", '{"ID": "001"}', "[3]", "[" * 100_000])
@pytest.mark.parametrize("file", ["character_profiles.json", "character_introductions.json"])
def test_a_broken_list_of_characters_rejects_the_whole(
    original: Original, workspace: Workspace, file: str, text: str
) -> None:
    original.path(file).write_text(text, encoding="utf-8")
    with pytest.raises(ImportRejectedError, match=file):
        import_original(original.root, workspace)
    assert not workspace.path.exists()


def test_a_folder_without_a_data_set_is_rejected(tmp_path: Path, workspace: Workspace) -> None:
    with pytest.raises(ImportRejectedError, match="no character_profiles"):
        import_original(tmp_path, workspace)


def test_a_story_that_no_profile_names_is_reported(
    original: Original, workspace: Workspace
) -> None:
    original.story("Eve Stone", LINES)
    assert [r.name for r in import_original(original.root, workspace).rejected] == ["Eve Stone"]


@pytest.mark.skipif(not REAL.is_dir(), reason="the original data set is not beside the project")
def test_the_six_real_characters_arrive_whole(workspace: Workspace) -> None:
    report = import_original(REAL, workspace, "original-")
    assert report.rejected == ()
    found = {entry.name: workspace.get(entry.slug) for entry in report.imported}
    assert set(found) == {
        "Mary Jones", "Sara Ochoa", "Michael Miller", "James Jones", "Leslie Nichols",
        "Marsh Zhaleh",
    }  # fmt: skip
    for character in found.values():
        story = Story.parse(character.story_text)
        assert story.words > 10_000
        covered = [i for m in read_memories(character.memories_path) for i in m.source.paragraphs]
        assert covered == list(range(len(story.paragraphs)))
        assert character.questionnaire is not None
        assert len(character.questionnaire.items) == 15
        assert len(character.profile.traits.descriptions) == 20
    counts = {name: len(read_memories(c.memories_path)) for name, c in found.items()}
    raw = json.loads(
        (REAL / "LLMP/Characters/Memories/Marsh Zhaleh/long_memory.json").read_text("utf-8")
    )
    assert counts["Marsh Zhaleh"] == len(raw)
    notes = {entry.name: " ".join(entry.notes) for entry in report.imported}
    assert "Tianqi Zhang" in notes["Marsh Zhaleh"]
    assert "memory 009" in notes["Sara Ochoa"]
