"""Selection: the best and most diverse, nobody in conflict or inviting harm, with reasons."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_to_choose import pools, somebody

from simulacra.characters.assessment import Assessed, assess, fingerprint
from simulacra.characters.candidate import Candidate
from simulacra.characters.judgement import Judgement, Verdict
from simulacra.characters.plausibility import conflicts
from simulacra.characters.sampling import sample
from simulacra.characters.selection import features_of, select
from simulacra.errors import CandidateError


def verdict(plausibility: int = 4, **more: object) -> Judgement:
    return Judgement.model_validate(
        {"plausibility": plausibility, "reasons": ["So it is."], "harm": False} | more
    )


def assessed(
    people: Sequence[Candidate], *verdicts: Sequence[Verdict], refine: bool = True
) -> list[Assessed]:
    rounds = iter(verdicts)

    async def judge(some: Sequence[Candidate]) -> Sequence[Verdict]:
        return next(rounds, ()) if some else ()

    return asyncio.run(assess(people, pools(), 1, judge if verdicts else None, refine=refine))


def names(people: Sequence[Candidate], n: int, seed: int = 0) -> list[str]:
    choice = select(assessed(people), n, pools(), seed=seed)
    return [reasoned.who.candidate.profile.name for reasoned in choice.chosen]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 8), st.randoms(use_true_random=False), st.booleans())
def test_n_distinct_people_without_conflicts_the_same_in_any_order(
    seed: int, n: int, rng: Random, plausible: bool
) -> None:
    people = sample(pools(), 12, seed, plausible=plausible)
    choice = select(assessed(people), n, pools(), seed=seed)
    chosen = [reasoned.who for reasoned in choice.chosen]
    assert len({who.key for who in chosen}) == n
    for who in chosen:
        assert not conflicts(who.candidate.profile, who.candidate.as_of, pools())
    assert all(reasoned.reason for reasoned in (*choice.chosen, *choice.rest))
    assert len(choice.chosen) + len(choice.rest) == len(people)
    shuffled = rng.sample(people, len(people))
    again = select(assessed(shuffled), n, pools(), seed=seed)
    assert [r.who.key for r in again.chosen] == [r.who.key for r in choice.chosen]


def test_who_is_in_conflict_is_not_chosen_without_refinement() -> None:
    clashing = somebody(education="primary school, then straight to work", name="Bea Quill")
    people = assessed([somebody(), clashing], refine=False)
    choice = select(people, 1, pools())
    assert [r.who.candidate for r in choice.chosen] == [somebody()]
    assert "A nurse needs" in choice.rest[0].reason
    with pytest.raises(CandidateError, match=r"Only 1 of the 2 .* 1 in conflict.* A nurse needs"):
        select(people, 2, pools())


def test_who_invites_harm_is_not_chosen_and_it_is_said_why() -> None:
    people = sample(pools(), 3, 1)
    harmful = verdict(5, harm=True, invites_harm="It mocks sailors.")
    choice = select(assessed(people, [verdict(), harmful, verdict()]), 2, pools())
    assert choice.rest[0].reason == "invites harm: It mocks sailors."


def test_who_could_not_be_judged_comes_last_and_gets_no_mark() -> None:
    people = sample(pools(), 3, 1)
    judged = assessed(people, ["It answered with nothing.", verdict(1), verdict(1)])
    choice = select(judged, 3, pools())
    assert choice.chosen[-1].who.number == 1
    assert choice.chosen[-1].who.judgement is None
    assert "not judged: It answered with nothing." in choice.chosen[-1].reason


def test_the_more_plausible_of_two_alike_is_chosen() -> None:
    people = [somebody(name=name) for name in ("Ada Quill", "Bea Quill", "Cay Quill")]
    choice = select(assessed(people, [verdict(2), verdict(5), verdict(3)]), 1, pools())
    assert choice.chosen[0].who.candidate.profile.name == "Bea Quill"
    assert "plausibility 5 of 5" in choice.chosen[0].reason


def test_reasons_name_what_sets_apart() -> None:
    people = [somebody(), somebody(name="Bo Quill", gender="male", occupation="welder", age="60")]
    choice = select(assessed(people), 2, pools())
    assert "years or more apart in age" in choice.chosen[1].reason
    assert "the first who is" in choice.chosen[1].reason
    assert "the first of" in choice.chosen[1].reason


def test_the_seed_draws_the_first_of_equals() -> None:
    people = sample(pools(), 10, 1)
    assert len({names(people, 1, seed)[0] for seed in range(20)}) > 3


def test_a_candidate_that_stands_twice_is_refused() -> None:
    with pytest.raises(CandidateError, match=r"Candidates 1 and 3 are the same \(Ada Quill\)"):
        assessed([somebody(), somebody(age="40"), somebody()])


def refining(value: str = "keeping bees", plausibility: int = 3) -> Judgement:
    why = {"attribute": "hobbies", "value": value, "why": "It fits better."}
    return verdict(plausibility, refinements=[why])


def test_what_a_judge_refined_is_judged_once_more() -> None:
    who = assessed([somebody()], [refining()], [verdict(4)])[0]
    assert who.candidate.profile.hobbies == ("keeping bees",)
    assert who.judgement is not None
    assert who.judgement.plausibility == 4
    assert who.drawn == somebody()


@pytest.mark.parametrize("second", [verdict(2), verdict(5, harm=True), "It answered with nothing."])
def test_a_refinement_that_makes_it_worse_is_taken_back(second: Verdict) -> None:
    who = assessed([somebody()], [refining()], [second])[0]
    assert who.candidate == somebody()
    assert who.changes == ()
    assert who.dropped[0].why.startswith("after it")
    assert who.judgement is not None
    assert who.judgement.plausibility == 3


def test_without_refinement_a_judges_proposals_are_left_alone() -> None:
    who = assessed([somebody()], [refining()], refine=False)[0]
    assert who.candidate == somebody()


def test_what_is_known_of_a_custom_person_is_compared() -> None:
    custom = somebody(
        occupation="puppeteer", family="raised by wolves", education="none to speak of"
    )
    features = features_of(custom, pools())
    assert features.occupation == "puppeteer"
    assert features.family == (None, None, None)
    assert features.education is None


def test_a_fingerprint_is_of_the_profile_and_not_of_its_draw() -> None:
    assert fingerprint(somebody().model_copy(update={"seed": 99})) == fingerprint(somebody())
    assert fingerprint(somebody(age="50")) != fingerprint(somebody())
