from __future__ import annotations

import pytest
from benchmarks.evidence import ORIGINAL, Question, read_evidence
from benchmarks.retrieval import Found, half, halves, rank, touched

from simulacra.biography import Story

KINDS = ("cloze", "single", "multiple")


def test_evidence_names_only_paragraphs_that_there_are():
    for evidence in read_evidence().characters.values():
        for kind in KINDS:
            assert len(evidence.of(kind)) == 5
            for paragraphs in evidence.of(kind):
                assert list(paragraphs) == sorted(set(paragraphs))
                assert all(0 <= i < evidence.paragraphs for i in paragraphs)


@pytest.mark.skipif(not ORIGINAL.is_dir(), reason="the original data set is not here")
def test_evidence_is_for_the_stories_as_they_are():
    import hashlib

    for evidence in read_evidence().characters.values():
        file = next(ORIGINAL.rglob(f"{evidence.name}.txt"))
        text = file.read_bytes()
        assert hashlib.sha256(text).hexdigest() == evidence.story_sha256
        lines = [line for line in text.decode().splitlines() if line.strip()]
        assert len(lines) == evidence.paragraphs


def test_a_chunk_counts_for_the_paragraph_that_makes_half_of_it():
    story = Story(("a" * 300, "b" * 100, "c" * 600))
    assert halves(story, half) == [frozenset({0, 1}), frozenset({2}), frozenset()]
    assert halves(story, touched) == [frozenset({0, 1, 2}), frozenset({2}), frozenset({2})]


def test_a_rank_is_the_place_of_the_first_proof_and_recall_the_share_within_it():
    places = [frozenset({4}), frozenset({7, 8}), frozenset({2})]
    assert rank(places, Question("?", frozenset({8, 2}))) == 2
    assert rank(places, Question("?", frozenset({9}))) == 4
    assert Found(ranks=[1, 2, 4, 30]).recall(3) == 0.5
