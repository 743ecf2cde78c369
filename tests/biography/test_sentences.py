from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("Mrs. Patterson saw J. Carter. He ran.", ["Mrs. Patterson saw J. Carter.", "He ran."]),
        ("“Why?” he asked. “So do I.” Silence…", ["“Why?” he asked.", "“So do I.”", "Silence…"]),
        ("no end at all", ["no end at all"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]):
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from('abM.?! \n"”IDr1'), max_size=80))
def test_splitting_loses_no_word(text: str):
    assert " ".join(sentences(text)).split() == text.split()
