"""The corpus of written answers: each is read as a careful person would read it."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import yaml

from simulacra.evaluation.readings import Reading, read_choice, read_cloze, read_yes_no

RAMBLE = (
    "The weather turned that week and the gulls came inland, as they do before rain. "
    "My uncle said a house is only as dry as its oldest window, and he would know. "
    "We ate soup, mended nets, listened to the wireless, and let the evening go by slowly. "
)
LONG = RAMBLE * (5000 // len(RAMBLE.split()) + 1)
CORPUS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "answers.yaml").read_text(encoding="utf-8")
)


def _cases(*kinds: str) -> list[Any]:
    return [
        pytest.param(kind, group, *answer, id=f"{kind}-{number}-{answer[0][:30]!r}")
        for kind in kinds
        for number, group in enumerate(CORPUS[kind], start=1)
        for answer in group["answers"]
    ]


def _expected(written: str, said: tuple[str, ...]) -> Reading:
    reason: Any = written.removeprefix("unparsed: ")
    return Reading(unparsed=reason) if reason != written else Reading(said=said)


@pytest.mark.parametrize(("kind", "group", "answer", "expected"), _cases("single", "multiple"))
def test_a_choice_is_read(kind: Any, group: dict[str, Any], answer: str, expected: str):
    options: list[str] = group["options"]
    said = tuple(options["ABCDEF".index(letter)] for letter in expected.split() if len(letter) == 1)
    reading = read_choice(answer.replace("{long}", LONG), options, kind)
    assert reading == _expected(expected, said)


@pytest.mark.parametrize(("kind", "group", "answer", "expected"), _cases("cloze"))
def test_a_cloze_is_read(kind: str, group: dict[str, Any], answer: str, expected: str):
    reading = read_cloze(answer.replace("{long}", LONG), group["accepted"])
    if expected == "right":
        assert reading.parsed
        assert len(reading.said) == 1
        assert reading.said[0] in group["accepted"]
    else:
        assert reading == (Reading() if expected == "wrong" else _expected(expected, ()))


@pytest.mark.parametrize(("kind", "group", "answer", "expected"), _cases("yes_no"))
def test_yes_or_no_is_read(kind: str, group: dict[str, Any], answer: str, expected: str):
    assert read_yes_no(answer.replace("{long}", LONG)) == _expected(expected, (expected,))


@pytest.mark.parametrize(
    "circle",
    ["A ", "no, ", "( ", "yes ", "你好B", "twenty ", "Wade or ", "{", "[", "\n", "<think>"],
)
def test_a_model_that_goes_round_in_circles_is_read_in_no_time(circle: str):
    answer, start = circle * (100_000 // len(circle)), process_time()
    read_choice(answer, CORPUS["single"][0]["options"], "single")
    read_cloze(answer, ["Wade"])
    read_yes_no(answer)
    assert process_time() - start < 10


def test_the_corpus_is_large_and_has_every_kind_of_unreadable_answer():
    rows = [row for group in chain(*CORPUS.values()) for row in group["answers"]]
    reasons = {written.partition(": ")[2] for _, written in rows if written.startswith("unparsed")}
    assert len(rows) >= 150
    assert reasons >= {"empty", "refused", "none", "several", "unsure", "denied", "listed",
                       "unknown", "contradictory", "long"}  # fmt: skip
