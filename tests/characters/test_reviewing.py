"""A person's decisions among the proposed: saved at each step, and taken back one by one."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_to_choose import pools

from simulacra.characters import FileProblemsError
from simulacra.characters.assessment import Assessed, assess
from simulacra.characters.attributes import with_value
from simulacra.characters.reviewing import Review, begin, resumed, save
from simulacra.characters.sampling import sample
from simulacra.errors import CandidateError


@cache
def people() -> tuple[Assessed, ...]:
    return tuple(asyncio.run(assess(sample(pools(), 9, 3), pools(), 0)))


def fresh(n: int = 4) -> Review:
    return begin(people(), n, pools(), 0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from("arb"), max_size=25))
def test_whatever_is_decided_the_proposal_is_of_distinct_people_none_of_them_rejected(
    keys: str,
) -> None:
    review, before = fresh(), list[Review]()
    for key in keys:
        if key == "b":
            review_before = before.pop() if before else review
            review = review.back()
            assert review == review_before
        elif review.next is not None:
            before.append(review)
            at = review.next
            review = review.accept(at) if key == "a" else review.reject(at, people(), pools(), 0)
        assert len(set(review.proposed)) == len(review.proposed) <= 4
        assert not review.rejected & set(review.proposed)
        assert set(review.accepted) <= set(review.proposed)


def test_the_next_best_takes_the_place_of_whoever_is_rejected() -> None:
    review = fresh()
    first, second = review.proposed[:2]
    after = review.accept(first).reject(second, people(), pools(), 0)
    assert after.proposed[1] not in review.proposed
    assert after.proposed[0] == first
    assert after.proposed[2:] == review.proposed[2:]
    assert after.next == after.proposed[1]


def test_where_nobody_is_left_the_place_stays_empty() -> None:
    review = fresh(9)
    assert len(review.reject(review.proposed[0], people(), pools(), 0).proposed) == 8


def test_an_edit_shows_as_a_change_by_hand_and_is_judged_by_nobody() -> None:
    key = fresh().proposed[0]
    who = next(who for who in people() if who.key == key)
    changed = with_value(who.candidate, "hobbies", "keeping bees", pools())
    edited = next(w for w in fresh().edit(key, changed).applied(people()) if w.key == key)
    assert edited.candidate == changed
    assert [(c.attribute, c.why) for c in edited.changes] == [("hobbies", "by hand")]
    assert edited.judgement is None


def test_decisions_are_read_back_as_they_were_saved(tmp_path: Path) -> None:
    review = fresh().accept(fresh().proposed[0])
    changed = with_value(people()[1].candidate, "age", "44", pools())
    review = review.edit(people()[1].key, changed)
    save(tmp_path / "r.json", review)
    assert resumed(tmp_path / "r.json", people(), 4, pools(), 0) == review
    assert resumed(tmp_path / "none.json", people(), 4, pools(), 0) is None


@pytest.mark.parametrize(("n", "left"), [(2, 2), (6, 6)])
def test_with_another_n_what_was_decided_stays(tmp_path: Path, n: int, left: int) -> None:
    review = fresh()
    gone = review.proposed[1]
    review = review.accept(review.proposed[0]).reject(gone, people(), pools(), 0)
    save(tmp_path / "r.json", review)
    again = resumed(tmp_path / "r.json", people(), n, pools(), 0)
    assert again is not None
    assert len(again.proposed) == left
    assert again.accepted == review.accepted
    assert gone in again.rejected
    assert again.back().accepted == ()


def test_fewer_than_are_accepted_is_refused(tmp_path: Path) -> None:
    review = fresh()
    for key in review.proposed[:3]:
        review = review.accept(key)
    save(tmp_path / "r.json", review)
    with pytest.raises(CandidateError, match="3 are accepted"):
        resumed(tmp_path / "r.json", people(), 2, pools(), 0)


def test_decisions_on_other_candidates_are_refused(tmp_path: Path) -> None:
    save(tmp_path / "r.json", fresh())
    others = asyncio.run(assess(sample(pools(), 9, 4), pools(), 0))
    with pytest.raises(CandidateError, match="--anew"):
        resumed(tmp_path / "r.json", others, 4, pools(), 0)


def test_a_broken_file_of_decisions_is_named(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text('{"n": 3')
    with pytest.raises(FileProblemsError, match=r"r\.json.*--anew"):
        resumed(tmp_path / "r.json", people(), 4, pools(), 0)
