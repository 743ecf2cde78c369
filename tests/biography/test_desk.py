from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import ME, nora

from simulacra.biography import Author, History, Revision, Story, StoryDesk, read_history
from simulacra.characters import Character, FileProblemsError, read_character
from simulacra.errors import CharacterError, RevisionStaleError, StoryError

CHECKS = Author(kind="checks", name="automatic checks")
MODEL = Author(kind="model", name="a model", settings={"seed": 3}, prompt_digest="abc")


def revision(desk: StoryDesk, start: int, *after: str, id: str = "") -> Revision:  # noqa: A002
    return Revision(
        id=id or f"r{len(desk.history.entries) + 1:04d}",
        kind="expansion",
        author=MODEL,
        start=start,
        before=(desk.story.paragraphs[start],),
        after=after,
    )


def again(character: Character) -> Character:
    return read_character(character.folder)


def story_of(character: Character) -> Story:
    return Story.parse(again(character).story_text)


def test_a_story_begins_as_its_biography(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        assert desk.story == Story.parse(character.biography)
    assert story_of(character) == Story.parse(character.biography)


def test_what_is_proposed_is_in_the_story_only_when_it_is_accepted(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        first = desk.story.paragraphs[0]
        desk.propose(revision(desk, 0, first, "A wagon lost a wheel."))
        assert desk.story.paragraphs[1] != "A wagon lost a wheel."
        desk.accept("r0001", CHECKS)
    assert story_of(character).paragraphs[:2] == (first, "A wagon lost a wheel.")


def test_a_revision_that_waits_finds_its_place_when_others_move_it(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        desk.propose(revision(desk, 2, "The shop smelled of rye."))
        desk.propose(revision(desk, 0, "One.", "Two.", "Three."))
        desk.accept("r0002", CHECKS)
        desk.accept("r0001", ME)
        assert desk.story.paragraphs[:3] == ("One.", "Two.", "Three.")
        assert desk.story.paragraphs[4] == "The shop smelled of rye."


def test_a_paragraph_that_changed_since_is_not_overwritten(tmp_path: Path) -> None:
    with StoryDesk.open(nora(tmp_path)) as desk:
        desk.propose(revision(desk, 1, "The one."))
        desk.propose(revision(desk, 1, "The other."))
        desk.accept("r0001", ME)
        with pytest.raises(StoryError, match="was changed since"):
            desk.accept("r0002", ME)
        desk.reject("r0002", ME, "the other is better")
        assert desk.story.paragraphs[1] == "The one."


def test_undo_brings_back_what_stood_there(tmp_path: Path) -> None:
    with StoryDesk.open(nora(tmp_path)) as desk:
        before = desk.story
        desk.propose(revision(desk, 1, "One.", "Two."))
        desk.propose(revision(desk, 3, "Three."))
        desk.accept("r0001", ME)
        desk.accept("r0002", ME)
        assert desk.undo(None, ME).id == "r0002"
        assert desk.undo(None, ME).id == "r0001"
        assert desk.story == before
        with pytest.raises(StoryError, match="nothing to undo"):
            desk.undo(None, ME)


def test_what_was_undone_or_rejected_can_still_be_accepted(tmp_path: Path) -> None:
    with StoryDesk.open(nora(tmp_path)) as desk:
        desk.propose(revision(desk, 1, "One."))
        desk.reject("r0001", ME, "dull")
        desk.accept("r0001", ME)
        desk.undo("r0001", ME)
        desk.accept("r0001", ME)
        assert desk.story.paragraphs[1] == "One."


def test_an_edited_revision_stands_as_edited_and_the_models_words_are_kept(tmp_path: Path) -> None:
    with StoryDesk.open(nora(tmp_path)) as desk:
        desk.propose(revision(desk, 1, "By the model."))
        desk.edit("r0001", ["By a person."], ME, "plainer")
        desk.edit("r0001", ["By a person,", "twice."], ME)
        assert desk.story.paragraphs[1:3] == ("By a person,", "twice.")
        entry = desk.history.entry("r0001")
        assert entry.revision.after == ("By the model.",)
        assert [d.why for d in entry.decisions] == ["plainer", ""]
        desk.undo("r0001", ME)
        assert len(desk.story.paragraphs) == 5


def test_a_story_changed_by_hand_is_taken_over(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        desk.propose(revision(desk, 4, "She keeps bees."))
    text = (character.folder / "story.md").read_text(encoding="utf-8")
    (character.folder / "story.md").write_text("# Youth\n\nBy hand.\n\n" + text, encoding="utf-8")
    with StoryDesk.open(again(character)) as desk:
        assert desk.story.paragraphs[0] == "By hand."
        assert desk.story.chapters[0].title == "Youth"
        desk.accept("r0001", ME)
        assert desk.story.paragraphs[5] == "She keeps bees."
    assert History.replay(read_history(character).events).story == story_of(character)


def test_a_crash_between_history_and_story_is_made_good(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        before = desk.story.render()
        desk.propose(revision(desk, 1, "One."))
        desk.accept("r0001", ME)
        after = desk.story
    path = character.folder / "story.md"
    path.write_text(before, encoding="utf-8")
    os.utime(path, (1, 1))
    with StoryDesk.open(again(character)) as desk:
        assert desk.story == after
    assert story_of(character) == after


def test_a_line_that_a_crash_cut_off_was_never_answered_for(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        desk.propose(revision(desk, 1, "One."))
        story = desk.story
    path = character.folder / "revisions.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[-200:-50])
    with StoryDesk.open(again(character)) as desk:
        assert desk.story == story
        desk.accept("r0001", ME)
    assert path.read_bytes().startswith(whole)
    assert read_history(character).entry("r0001").status == "accepted"


def test_a_history_that_is_broken_names_line_and_mend(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        desk.propose(revision(desk, 1, "One."))
    path = character.folder / "revisions.jsonl"
    path.write_text("{}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(FileProblemsError, match=r"revisions\.jsonl:1"):
        read_history(character)


def test_a_shipped_character_is_not_changed(tmp_path: Path) -> None:
    character = read_character(nora(tmp_path).folder, shipped=True)
    with pytest.raises(CharacterError, match="shipped"), StoryDesk.open(character):
        pass
    assert not (character.folder / "revisions.jsonl").exists()


def test_a_person_without_a_biography_is_told_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(StoryError, match="biography write"),
        StoryDesk.open(nora(tmp_path, biography="")),
    ):
        pass


def test_the_ledger_moves_with_the_story(tmp_path: Path) -> None:
    character = nora(tmp_path)
    with StoryDesk.open(character) as desk:
        desk.propose(revision(desk, 1, "Her mother, Hanne, sold eels.", id="r0001"))
        desk.accept("r0001", ME)
        (hanne,) = [p for p in desk.ledger.people if p.name == "Hanne"]
        assert hanne.paragraphs == (1,)
        desk.propose(revision(desk, 0, "One.", "Two.", id="r0002"))
        desk.accept("r0002", ME)
    with StoryDesk.open(again(character)) as desk:
        (hanne,) = [p for p in desk.ledger.people if p.name == "Hanne"]
        assert hanne.paragraphs == (2,)
        desk.undo("r0001", ME)
        assert not [p for p in desk.ledger.people if p.name == "Hanne"]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_whatever_is_decided_the_history_replays_to_the_story(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)
    character = nora(tmp_path_factory.mktemp("life"))
    for number in range(chance.randrange(1, 12)):
        with StoryDesk.open(again(character)) as desk:
            place = chance.randrange(len(desk.story.paragraphs))
            after = [f"{number} {chance.random()}." for _ in range(chance.randrange(1, 4))]
            desk.propose(revision(desk, place, *after))
            chosen = chance.choice(list(desk.history.entries))
            act = chance.choice(("accept", "edit", "reject", "undo", "hand", "nothing"))
            try:
                match act:
                    case "accept":
                        desk.accept(chosen, ME)
                    case "edit":
                        desk.edit(chosen, [f"Edited {chance.random()}."], ME)
                    case "reject":
                        desk.reject(chosen, ME, "no")
                    case "undo":
                        desk.undo(chosen, ME)
                    case _:
                        pass
            except StoryError:
                pass
            story = desk.story
        if act == "hand":
            story = Story((*story.paragraphs[1:], f"By hand {chance.random()}."))
            (character.folder / "story.md").write_text(story.render(), encoding="utf-8")
        with StoryDesk.open(again(character)) as desk:
            assert desk.story == story
    history = read_history(character)
    assert History.replay(history.events).story == history.story == story_of(character)


@given(st.lists(st.sampled_from(["accept", "edit", "decline", "other"]), max_size=6))
@settings(max_examples=40, deadline=None)
def test_a_decision_that_is_taken_back_was_never_taken(decisions: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, StoryDesk.open(nora(Path(folder))) as desk:
        desk.propose(revision(desk, 1, "She counted wagons.", id="r0001"))
        for number, decision in enumerate(decisions):
            before, entry = desk.story, desk.history.entry("r0001")
            match decision:
                case "accept":
                    desk.accept("r0001", CHECKS)
                case "edit":
                    desk.edit("r0001", [f"She counted {number} wagons."], ME)
                case "decline":
                    desk.decline("r0001", ME, "no")
                case _:  # this one is not taken back
                    desk.accept("r0001", ME)
                    continue
            desk.take_back("r0001", ME)
            found = desk.history.entry("r0001")
            assert desk.story == before
            assert (found.status, found.reviewed, found.after) == (
                entry.status,
                entry.reviewed,
                entry.after,
            )
        assert History.replay(desk.history.events).story == desk.story


def test_nothing_decided_is_nothing_to_take_back(tmp_path: Path) -> None:
    with StoryDesk.open(nora(tmp_path)) as desk:
        desk.propose(revision(desk, 1, "She counted wagons."))
        with pytest.raises(StoryError, match="Nothing was decided"):
            desk.take_back("r0001", ME)


def test_who_decides_must_have_seen_the_last_decision(tmp_path: Path) -> None:
    with StoryDesk.open(nora(tmp_path)) as desk:
        desk.propose(revision(desk, 1, "She counted wagons."))
        desk.require_seen("r0001", 0)
        desk.accept("r0001", ME)
        with pytest.raises(RevisionStaleError, match="r0001 was accepted by Robin meanwhile"):
            desk.require_seen("r0001", 0)
