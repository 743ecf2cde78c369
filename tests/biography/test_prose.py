from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography import Story, Telling, check_prose, narration, telling
from simulacra.characters import read_character, shipped_folder

MARY = read_character(shipped_folder() / "mary-jones", shipped=True)
STORY = Story.parse(MARY.story_text)
TOLD = Telling("third", "past")


def checks(text: str, **how: object) -> list[str]:
    told = how.get("told", Telling())
    assert isinstance(told, Telling)
    return [flag.check for flag in check_prose(text, told=told)]


def in_first_person(text: str) -> str:
    text = re.sub(r"\b[Ss]he\b", "I", text)
    return re.sub(r"\b[Hh]er\b", "my", text)


def test_no_paragraph_of_a_good_story_is_flagged() -> None:
    told = telling("\n\n".join(STORY.paragraphs))
    assert told == TOLD
    flagged = {
        i: found for i, text in enumerate(STORY.paragraphs) if (found := checks(text, told=told))
    }
    assert not flagged


@pytest.mark.parametrize(
    "text",
    [
        "Sure! She went home.",
        "Here is the expanded paragraph: she went home.",
        "She went home. I hope this helps!",
        "Chapter 3: The road\n\nShe went home.",
        "Note that she went home because of the rain.",
        "As an AI language model I cannot tell.",
        "I'm unable to continue this story.",
        "She went home. Would you like me to go on?",
        "Biography: she was born in a town.",
        "Based on the provided details, she went home.",
        "She went home.\n\nThe End",
        "This paragraph shows how brave she was.",
    ],
)
def test_what_generation_leaves_behind_is_flagged(text: str) -> None:
    assert "leftover" in checks(text)


@pytest.mark.parametrize(
    "text",
    [
        "He wrote a note that she kept. The chapter in her life was closed, based on what she saw.",
        "Of course she hoped this would help. She could not create anything in the cold.",
        "She noted the end of the road, and read the title aloud.",
    ],
)
def test_ordinary_words_are_no_leftovers(text: str) -> None:
    assert checks(text) == []


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("# Youth\n\nShe went home.", "format"),
        ("Early Years\n\nShe went home.", "format"),
        ("She had:\n- a cup\n- a boat", "format"),
        ("1. She went home.\n2. She ate.", "format"),
        ("She was **very** tired.", "format"),
        ("She walked to the river and then she", "cut off"),
        ("", "empty"),
        (" …\n", "empty"),
    ],
)
def test_what_is_no_whole_prose_is_flagged(text: str, check: str) -> None:
    assert check in checks(text)


def test_lengths_are_flagged_under_and_over() -> None:
    assert [f.check for f in check_prose("One two.", words=(3, 9))] == ["length"]
    assert [f.check for f in check_prose("One two. " * 6, words=(3, 9))] == ["length"]


def test_a_story_of_fifty_thousand_words_gets_one_flag_and_no_crash() -> None:
    assert checks("She went home. " * 17_000) == ["length"]


def test_an_i_in_a_quotation_is_no_slip() -> None:
    assert checks('She said, "I am tired of my boat." He nodded.', told=TOLD) == []
    assert checks("“I know,” she thought. She wrote: ‘I came, I saw.’", told=TOLD) == []


def test_a_paragraph_in_the_first_person_slips_out_of_a_story_in_the_third() -> None:
    about_her = [text for text in STORY.paragraphs if len(re.findall(r"\b[Ss]he\b", text)) >= 3]
    assert len(about_her) > 50
    found = [checks(in_first_person(text), told=TOLD) for text in about_her]
    assert all("person" in each for each in found)


def test_a_paragraph_in_the_third_person_slips_out_of_a_story_in_the_first() -> None:
    told = Telling("first", "past")
    text = "Grace walked home. " + "She saw the boat, and he saw her there by the water. " * 6
    assert "person" in checks(text, told=told)
    assert checks(in_first_person(text), told=told) == []
    assert checks("My mother sold fish. She had a stall.", told=told) == []


def test_narration_is_read_outside_of_quotations() -> None:
    assert narration("I rowed home, and my mother waved.") == "first"
    assert narration('"I am here," she said. "I am late."') == "third"
    assert narration("It rained.") is None


def test_a_story_that_turns_present_slips() -> None:
    text = "She walks down to the river. She sees the boat, and he waves. They row home."
    assert "tense" in checks(text, told=TOLD)
    assert "tense" not in checks(text, told=Telling("third", "present"))


def test_what_lasts_is_no_slip_of_tense() -> None:
    text = "She moved there in 2010. She still lives there. It is a cold house, and she likes that."
    assert checks(text, told=TOLD) == []


def test_a_present_story_that_turns_past_slips() -> None:
    told = Telling("third", "present")
    text = "She walked home. She ate, and he slept. They woke at six. She went out and saw snow."
    assert "tense" in checks(text, told=told)


@given(st.text(max_size=400))
def test_no_text_breaks_a_check(text: str) -> None:
    for flag in check_prose(text, told=TOLD):
        assert flag.message.endswith(".")
        assert all(len(said) <= 60 for said in re.findall(r"“[^“”]*”", flag.message))
