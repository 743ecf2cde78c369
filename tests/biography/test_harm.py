from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography import Story, check_harm
from simulacra.biography.harm import hashed
from simulacra.characters import read_character, shipped_folder


def said(text: str) -> str:
    return " ".join(flag.message for flag in check_harm(text))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("She thought that women are all liars.", "a judgement about a group"),
        ("He said immigrants are lazy, and she agreed.", "a judgement about a group"),
        ("Those people always steal.", "a judgement about a group"),
        ("Women can't drive, she knew.", "a judgement about a group"),
        ("Jews are greedy.", "a judgement about a group"),
        ("A woman's place is in the kitchen.", "a judgement about a group"),
        ("Poor people deserve nothing.", "a judgement about a group"),
        ("He moaned and pressed against her naked skin.", "graphic sexual"),
        ("The girl was thirteen years old and he seduced her.", "under age"),
        ("You should kill yourself.", "self-harm"),
        ("Suicide is the only way out, the book taught, and she liked the book.", "self-harm"),
        ("The easiest way to die is by cold.", "instructions"),
        ("He showed her how to make a pipe bomb.", "instructions"),
        ("They deserved to be beaten.", "violence"),
        ("We should kill them.", "violence"),
    ],
)
def test_harm_is_flagged(text: str, what: str) -> None:
    assert what in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Her father hanged himself in the barn in 2004, and she found him. She was nine.",
        "He was beaten so badly that he lost an eye. Two men went to prison for it.",
        "She was raped at nineteen, and it took her ten years to say so.",
        "She cut herself on the saw. The blood ran into her boot, and she nearly died.",
        "As a child she was sexually abused by a neighbor, who was convicted in 1998.",
        "In the war soldiers burned the village and killed her uncle.",
        "She tried to end her life in March, and her sister drove her to the ward.",
        "The women were tired. The men were dirty from the mine, and the boys always ran ahead.",
        "Immigrants like her mother worked two shifts. The old people were kind to them.",
        "She fed the baby at her breast. The naked boy ran into the river, six years old and loud.",
        "He drank for years. He hit her once, and she left the same night with the children.",
        "She hated herself that winter. She thought of the bridge, and told nobody.",
        "He dropped a chink of ice. A raccoon, an old coon, sat on the dyke and ate bread.",
        "Anna and Tom made love in the afternoon and slept.",
        "All women in the family are welcome, she said. She believed all men are equal.",
    ],
)
def test_a_hard_life_is_not_flagged(text: str) -> None:
    assert said(text) == ""


def test_no_paragraph_of_a_good_story_is_flagged() -> None:
    mary = read_character(shipped_folder() / "mary-jones", shipped=True)
    texts = [*Story.parse(mary.story_text).paragraphs, mary.biography]
    assert [flag for text in texts for flag in check_harm(text)] == []


def test_a_listed_word_is_found_in_every_disguise_and_not_repeated() -> None:
    assert said("He was a hothead.") == ""
    slur = bytes.fromhex("746f77656c68656164").decode()
    disguised = slur.replace("o", "0").replace("e", "3")
    for way in (slur, slur.upper(), disguised, f"{slur}-like", f"{slur}!", f"“{slur}”"):
        found = said(f"They called him a {way} at school.")
        assert "a slur" in found
        assert way.strip("“”!") not in found


def test_hashes_do_not_tell_case_or_accents() -> None:
    assert hashed("Älter") == hashed("alter") == hashed("@lter")


def test_long_texts_are_checked_in_no_time() -> None:
    text = "She was naked and moaning about a child of six who was having a quiet day there " * 400
    start = time.process_time()
    check_harm(text)
    check_harm("women are " * 5_000)
    assert time.process_time() - start < 5


@given(st.text(max_size=300))
def test_no_text_breaks_the_check(text: str) -> None:
    check_harm(text)
