"""Step values come back as they were, and a stored pickle runs nobody's code."""

from __future__ import annotations

import base64
import datetime
import pickle
import zlib
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from simulacra.errors import RateLimitedError
from simulacra.inference import Answer, Usage
from simulacra.jobs.values import StoredError, UnkeptError, Unreadable, pack, unpack
from simulacra.memory import Feeling, Source

plain = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text() | some.binary(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner) | some.tuples(inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(plain)
def test_plain_data_comes_back(value: object) -> None:
    assert unpack(pack(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        Answer("She waits.", Usage(1, 200, 30, 40), 1.5),
        [Answer({"score": 3}, Usage(), 0.1)],
        datetime.datetime(2024, 2, 29, 8, 30, tzinfo=datetime.UTC),
        Path("story.md"),
        frozenset({1, 2}),
        {"score": numpy.float32(0.5), "rank": numpy.int64(3)},
        Feeling(about="the moose", feeling="wonder", intensity=0.7),
        Source(paragraphs=(3, 4)),
    ],
)
def test_what_steps_give_comes_back(value: object) -> None:
    assert unpack(pack(value)) == value


def test_an_array_comes_back() -> None:
    back = unpack(pack(numpy.arange(6, dtype="float32").reshape(2, 3)))
    assert isinstance(back, numpy.ndarray)
    assert back.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_an_error_is_stored_with_what_and_mend() -> None:
    back = unpack(pack(RateLimitedError("Too many.", "Wait.")))
    assert isinstance(back, StoredError)
    assert (back.what, back.mend, back.kind) == ("Too many.", "Wait.", "RateLimitedError")


def test_an_error_that_cant_be_pickled_is_stored_all_the_same() -> None:
    back = unpack(pack(ValueError(lambda: None)))
    assert isinstance(back, StoredError)
    assert back.what.startswith("ValueError: ")


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return eval, ("open('touched', 'w').close()",)


def stored(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


def test_a_stored_pickle_runs_nobodys_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert isinstance(unpack(stored(pickle.dumps(Evil()))), Unreadable)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("name", ["os.remove", "Path.unlink", "tomllib.loads"])
def test_what_our_modules_import_is_not_let_in(name: str) -> None:
    data = b"\x80\x04\x8c\x12simulacra.settings\x8c" + bytes([len(name)]) + name.encode() + b"\x93."
    back = unpack(stored(data))
    assert isinstance(back, Unreadable)
    assert "not let in" in back.why


@pytest.mark.parametrize("text", ["", "no base64!", "AAAA", stored(b"no pickle")])
def test_garbage_is_unreadable(text: str) -> None:
    assert isinstance(unpack(text), Unreadable)


def test_a_value_of_an_unknown_class_is_not_kept() -> None:
    with pytest.raises(UnkeptError, match="Evil can't be kept"):
        pack(Evil())
