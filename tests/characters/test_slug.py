from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulacra.characters import slugify
from simulacra.errors import CharacterError


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Mary Jones", "mary-jones"),
        ("  José  Ñúñez ", "jose-nunez"),
        ("O'Neill, Ann-Marie", "o-neill-ann-marie"),
        ("张天琪", "张天琪"),
        ("../../etc", "etc"),
        ("STRASSE straße", "strasse-strasse"),
    ],
)
def test_names_become_slugs(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize("name", ["", "  ", "🙂", "..", "_"])
def test_a_name_without_letters_is_refused(name: str) -> None:
    with pytest.raises(CharacterError):
        slugify(name)


@given(st.text())
def test_a_slug_is_a_safe_folder_name_and_its_own_slug(name: str) -> None:
    try:
        slug = slugify(name)
    except CharacterError:
        assume(False)
        return
    assert slugify(slug) == slug
    assert not slug.startswith((".", "-"))
    assert not set(slug) & set("/\\\0: \n")
    assert len(slug.encode()) <= 255
