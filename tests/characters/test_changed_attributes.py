"""Attributes changed by a text, in a candidate and in a character's sheet; and making one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_to_choose import pools, somebody

from simulacra.characters import CharacterSheet, Provenance, Workspace, age_on, read_character
from simulacra.characters.attributes import born_for, text_of, with_value
from simulacra.characters.editing import edit
from simulacra.characters.fixing import ATTRIBUTES
from simulacra.characters.making import make, origin
from simulacra.errors import CandidateError, CharacterExistsError


def sheet(**extra: str) -> CharacterSheet:
    return CharacterSheet(
        as_of=somebody().as_of,
        profile=somebody().profile,
        extra=extra,
        provenance=Provenance(author="tests", licence="CC BY 4.0", note="made for tests"),
    )


@given(
    st.integers(0, 130), st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.dates(date(1880, 1, 1))
)
def test_a_date_of_birth_is_found_for_any_age(age: int, as_of: date, born: date) -> None:
    found = born_for(age, as_of, born)
    assert age_on(as_of, found) == age
    assert (found.month, found.day) in ((born.month, born.day), (2, 28))


def test_age_and_date_of_birth_are_kept_together() -> None:
    older = with_value(somebody(), "age", "50", pools()).profile
    assert older.date_of_birth == date(1976, 2, 3)
    younger = with_value(somebody(), "date of birth", "2000-12-24", pools()).profile
    assert younger.age == 25


def test_a_text_of_the_pools_is_taken_in_their_spelling_with_its_code() -> None:
    surgeon = with_value(somebody(), "occupation", "Surgeon", pools()).profile.occupation
    assert (surgeon.title, surgeon.isco) == ("surgeon", "2212")


def test_a_ranking_draws_its_descriptions_always_the_same() -> None:
    ranking = "Si, Ti, Fe, Ne, Se, Ni, Te, Fi"
    one = with_value(somebody(), "traits", ranking, pools()).profile.traits
    assert ", ".join(one.ranking) == ranking
    assert len(one.descriptions) == 20
    assert one.descriptions[:4] != somebody().profile.traits.descriptions[:4]
    assert with_value(somebody(), "traits", ranking, pools()).profile.traits == one


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attributes_own_text_changes_nothing(attribute: str) -> None:
    text = text_of(somebody().profile, attribute)
    changed = with_value(somebody(), attribute, text, pools())
    if attribute != "traits":  # whose descriptions a ranking draws
        assert changed is somebody()


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        *(("age", "old"), ("age", "131"), ("date_of_birth", "soon"), ("traits", "Si")),
        *(("mood", "x"), ("family", "x" * 3000), ("hobbies", ""), ("date_of_birth", "2090-01-01")),
    ],
)
def test_what_is_no_value_is_refused(attribute: str, text: str) -> None:
    with pytest.raises(CandidateError):
        with_value(somebody(), attribute, text, pools())


# --- a character's sheet --------------------------------------------------------------------------


def test_an_attribute_of_ones_own_is_set_changed_and_unset() -> None:
    added = edit(sheet(), {"favourite colour": "green"}, [], pools())
    assert added.sheet.extra == {"favourite colour": "green"}
    assert str(added.changes[0]) == "favourite colour: — → green"
    changed = edit(added.sheet, {"Favourite_Colour": "blue"}, [], pools())
    assert changed.sheet.extra == {"favourite colour": "blue"}
    assert edit(changed.sheet, {}, ["favourite-colour"], pools()).sheet.extra == {}


def test_one_of_the_eleven_is_changed_and_the_rest_stays() -> None:
    edited = edit(sheet(pet="a cat"), {"occupation": "librarian"}, [], pools())
    assert [change.attribute for change in edited.changes] == ["occupation"]
    assert edited.sheet.extra == {"pet": "a cat"}
    assert edited.conflicts == ()


def test_a_conflict_that_a_change_makes_is_named() -> None:
    edited = edit(sheet(), {"age": "19"}, [], pools())
    assert edited.sheet.profile.date_of_birth == date(2007, 2, 3)
    assert "A nurse needs an age of 21 or more" in edited.conflicts[0].message


@pytest.mark.parametrize(
    ("given", "unset", "says"),
    [
        ({"age": "50", "date_of_birth": "1990-02-03"}, [], "age is 50"),
        ({"hobbies": "a", "hobby": "b"}, [], "given twice"),
        ({"pet": " "}, [], "extra pet"),
        ({}, ["age"], "everybody has"),
        ({}, ["pet"], "no attribute 'pet'"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, str], unset: list[str], says: str) -> None:
    with pytest.raises(CandidateError, match=says):
        edit(sheet(), given, unset, pools())


# --- making ---------------------------------------------------------------------------------------


def test_a_candidate_becomes_a_folder_that_says_where_it_comes_from(tmp_path: Path) -> None:
    made = make(somebody(), Workspace(tmp_path), author="Jo")
    assert made == read_character(tmp_path / "ada-quill")
    assert made.profile == somebody().profile
    assert made.sheet.as_of == somebody().as_of
    assert made.sheet.provenance == Provenance(
        author="Jo",
        licence="all rights reserved by the author",
        note="Attributes drawn from pools with seed 7.",
    )


def test_the_origin_is_told_as_it_is() -> None:
    assert origin(somebody(age="50")) == "Attributes drawn from pools with seed 7, then refined."
    assert origin(somebody(), ["short_term_goals", "age"]) == (
        "Given by the author: short-term goals, age. All others drawn from pools with seed 7."
    )
    by_hand = somebody().model_copy(update={"seed": None, "number": None})
    assert origin(by_hand) == "Attributes given by the author."


def test_a_name_that_is_taken_is_refused_and_another_slug_is_taken(tmp_path: Path) -> None:
    make(somebody(), Workspace(tmp_path), author="Jo")
    with pytest.raises(CharacterExistsError, match="--as"):
        make(somebody(age="50"), Workspace(tmp_path), author="Jo")
    other = make(somebody(age="50"), Workspace(tmp_path), author="Jo", slug="Ada II")
    assert other.slug == "ada-ii"
    assert read_character(tmp_path / "ada-quill").profile.age == somebody().profile.age


def test_an_age_that_is_not_that_of_the_birth_makes_nobody(tmp_path: Path) -> None:
    wrong = somebody().profile.model_copy(update={"age": 12})
    with pytest.raises(CandidateError, match="Ada Quill can't become a character"):
        make(somebody().model_copy(update={"profile": wrong}), Workspace(tmp_path), author="Jo")
    assert not list(tmp_path.iterdir())
