from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.errors import PromptError
from simulacra.inference import Template, Usage, count_tokens


def test_a_missing_and_an_unknown_variable_are_both_named() -> None:
    with pytest.raises(PromptError, match=r"'who'.*missing: age.*unknown: agee"):
        Template("{name}, {age}", name="who").fill(name="Mary", agee=29)


@pytest.mark.parametrize("text", ["{", "{}", "{0}", "{a.b}", "{a!r}", "{a:>9}", "{a b}"])
def test_only_plain_names_are_variables(text: str) -> None:
    with pytest.raises(PromptError):
        Template(text)


@given(st.text(), st.text())
def test_values_are_taken_as_they_are(first: str, second: str) -> None:
    filled = Template("{{a}} {first}|{second}").fill(first=first, second=second)
    assert filled == "{a} " + first + "|" + second


def test_the_digest_tells_texts_apart_and_not_names() -> None:
    one, same, other = Template("a {b}", name="x"), Template("a {b}", name="y"), Template("a {c}")
    assert one.digest == same.digest != other.digest
    assert len(one.digest) == 16


@given(st.text(min_size=1), st.text(min_size=1))
def test_token_counts_are_positive_and_grow(one: str, two: str) -> None:
    assert count_tokens("") == 0
    assert 1 <= count_tokens(one) <= count_tokens(one + " " + two)


def test_usage_adds_up() -> None:
    assert Usage(1, 2, 3, 4) + Usage(10, 20, 30, 40) == Usage(11, 22, 33, 44)
