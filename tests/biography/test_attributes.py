from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.biography.people import GRACE, LIFE

from simulacra.biography import Story, check_attributes, not_mentioned
from simulacra.characters import read_character, shipped_folder

PROFILE = GRACE.profile


def said(text: str) -> str:
    return " ".join(flag.message for flag in check_attributes(text, PROFILE))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Grace Millar rowed home. Grace Milller slept.", "Milller"),
        ("Grace Smith went rowing in May.", "Grace Smith"),
        ("Grcae went home.", "Grcae"),
        ("Grace is thirty-one years old.", "not 31"),
        ("Grace rowed. She is 52 years old and tired.", "not 52"),
        ("At 38, Grace works by night.", "not 38"),
        ("Grace Miller, 39, is a nurse.", "not 39"),
        ("Grace Miller was born on March 15, 1982, in a town.", "March 15"),
        ("Grace was born in a small town in 1979.", "1979"),
        ("She was born in April 1982.", "April 1982"),
        ("Born on 2 May 1982 in a river town, Grace was loud.", "2 May"),
        ("Grace works as a teacher in a school.", "'teacher'"),
        ("Grace is a truck driver, and she likes it.", "'truck driver'"),
        ("Today she works as an accountant.", "'accountant'"),
        ("Grace is forty-four and works as a teacher.", "'teacher'"),
        ("Grace took his boat. Then Grace lost his oars and himself.", "female"),
        ("In 2012 she was twenty and rowed all summer.", "age 20 in 2012"),
    ],
)
def test_a_changed_attribute_is_flagged(text: str, word: str) -> None:
    assert word in said(text)


@pytest.mark.parametrize(
    "text",
    [
        LIFE,
        "Grace is forty-four. She was born in 1982, on the 14th of March.",
        "Her mother was Anna Miller. Anna was born on May 2, 1950, and she is a teacher.",
        "Grace had a sister, Joan. She is fifty years old and works as a cook.",
        "At nineteen she worked as a waitress, and in 2001 she was a student for a year.",
        "Grace has a brother who lives in the hills and works as a shepherd.",
        '"Grace is ninety," said the child. "Grace works as a spy."',
        "Grace is a keen photographer, and on Sundays she is a baker of bread.",
        "The Millers came. Grace's father took his boat and lost his oars.",
        "Grace is a night nurse. She works as a registered nurse at the hospital.",
        "In March 1982 the river froze. In 1950 her mother was two.",
    ],
)
def test_what_is_of_others_or_of_another_time_is_not_flagged(text: str) -> None:
    assert said(text) == ""


def test_no_paragraph_of_a_good_story_is_flagged() -> None:
    mary = read_character(shipped_folder() / "mary-jones", shipped=True)
    texts = [*Story.parse(mary.story_text).paragraphs, mary.biography]
    assert [f for text in texts for f in check_attributes(text, mary.profile)] == []
    assert not_mentioned(mary.biography, mary.profile) == []


def test_a_whole_biography_mentions_everything() -> None:
    assert not_mentioned(LIFE, PROFILE) == []


@pytest.mark.parametrize(
    ("cut", "missing"),
    [
        ("Miller", "full name"),
        ("rowing", "'rowing'"),
        ("a houseboat", "long-term goal"),
        ("diploma in nursing", "educational background"),
        ("garden fence", "short-term goal"),
        ("nurse", "occupation"),
    ],
)
def test_an_attribute_that_is_left_out_is_named(cut: str, missing: str) -> None:
    assert cut in LIFE
    without = LIFE.replace(cut, "").replace("repairing", "").replace("buying", "")
    assert any(missing in each for each in not_mentioned(without, PROFILE))


def test_an_empty_text_mentions_nothing() -> None:
    assert len(not_mentioned("", PROFILE)) == 10


@given(st.text(max_size=300))
def test_no_text_breaks_a_check(text: str) -> None:
    check_attributes(f"Grace {text}", PROFILE)
    not_mentioned(text, PROFILE)
