"""Attributes that a person insists on, though they contradict each other."""

from __future__ import annotations

from collections.abc import Mapping

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.candidate import Candidate
from simulacra.characters.fixing import read_fixed
from simulacra.characters.plausibility import conflicts_of
from simulacra.characters.refinement import by_rules
from simulacra.characters.sampling import sample


def conflict_messages(pools: Pools, answers: Mapping[str, str]) -> list[str]:
    """How answers contradict each other by the rules, in words.

    Raises:
        CandidateError: an answer is no value of its attribute, or age and birth do not fit.
    """
    fixed = read_fixed(answers, pools, pools.rules.as_of)
    return [conflict.message for conflict in conflicts_of(fixed.facts(pools), pools)]


def draw(pools: Pools, seed: int, answers: Mapping[str, str]) -> Candidate:
    """One candidate with these answers; what contradicts itself among them is kept as it is.

    Raises:
        CandidateError: an answer is no value of its attribute, or the pools leave no way out.
    """
    if not conflict_messages(pools, answers):
        return sample(pools, 1, seed, answers)[0]
    draft = sample(pools, 1, seed, answers, plausible=False)[0]
    # An answered date of birth stands for the age, too; neither is ever drawn anew.
    return by_rules(draft, pools, seed, keep=set(answers)).candidate
