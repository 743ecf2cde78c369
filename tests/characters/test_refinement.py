"""Refinement changes what is in conflict, and nothing else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from people_to_choose import pools, somebody

from simulacra.characters.attributes import text_of
from simulacra.characters.fixing import ATTRIBUTES
from simulacra.characters.judgement import Judgement, Proposal
from simulacra.characters.plausibility import conflicts
from simulacra.characters.refinement import by_judge, by_rules
from simulacra.characters.sampling import sample


def proposed(*proposals: tuple[str, str], plausibility: int = 2) -> Judgement:
    return Judgement.model_validate(
        {
            "plausibility": plausibility,
            "reasons": ["Two things hardly go together."],
            "harm": False,
            "refinements": [
                {"attribute": attribute, "value": value, "why": "it fits better"}
                for attribute, value in proposals
            ],
        }
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6))
def test_any_draft_is_mended_by_the_rules_and_each_change_is_shown(seed: int) -> None:
    draft = sample(pools(), 1, seed, plausible=False)[0]
    refined = by_rules(draft, pools(), seed)
    assert not conflicts(refined.candidate.profile, draft.as_of, pools())
    shown = {change.attribute: change for change in refined.changes}
    for attribute in ATTRIBUTES:
        before = text_of(draft.profile, attribute)
        after = text_of(refined.candidate.profile, attribute)
        if attribute in shown:
            assert (shown[attribute].before, shown[attribute].after) == (before, after)
            assert shown[attribute].why
        else:
            assert before == after
    assert not set(shown) & {"name", "age", "gender", "date_of_birth", "traits"}
    assert by_rules(draft, pools(), seed) == refined


def test_only_the_attribute_in_conflict_is_changed() -> None:
    student = somebody(long_term_goal="graduate and find work in the field of study")
    refined = by_rules(student, pools(), 1)
    assert [change.attribute for change in refined.changes] == ["long_term_goal"]
    assert "graduate" in refined.changes[0].why
    assert refined.candidate.number is None


def test_of_a_list_only_the_item_in_conflict_is_changed() -> None:
    person = somebody(short_term_goals="walk for an hour every day; learn the openings of chess")
    refined = by_rules(person, pools(), 1).candidate.profile.short_term_goals
    assert refined[1] == "learn the openings of chess"
    assert refined[0] != "walk for an hour every day"


def test_of_a_family_background_only_the_part_in_conflict_is_changed() -> None:
    family = "from a low-income family; brought up by a grandmother; {}"
    person = somebody(family=family.format("married with two grown-up children"))
    refined = by_rules(person, pools(), 1).candidate.profile.family
    assert refined.startswith(family.format(""))
    assert "grown-up" not in refined


def test_a_profile_without_conflict_stays_as_it_is() -> None:
    assert by_rules(somebody(), pools(), 1).candidate is somebody()


def test_what_somebody_made_up_stays() -> None:
    person = somebody(
        age="50", long_term_goal="tame a lynx", occupation="student and part-time cashier"
    )
    refined = by_rules(person, pools(), 1)
    assert refined.candidate.profile.long_term_goal == "tame a lynx"
    assert "occupation" in {change.attribute for change in refined.changes}


def test_what_is_to_be_kept_stays_and_the_rest_goes_with_it() -> None:
    person = somebody(age="50", occupation="student and part-time cashier")
    kept = by_rules(person, pools(), 1, keep={"occupation", "age"}).candidate
    assert kept.profile.occupation == person.profile.occupation
    left = conflicts(kept.profile, kept.as_of, pools())
    assert all("student" in conflict.message for conflict in left)


def test_a_date_of_birth_that_does_not_fit_is_moved_to_the_age() -> None:
    born = somebody().profile.date_of_birth.replace(year=1970)
    profile = somebody().profile.model_copy(update={"date_of_birth": born})
    wrong = somebody().model_copy(update={"profile": profile})
    refined = by_rules(wrong, pools(), 1)
    assert refined.candidate.profile == somebody().profile
    assert "born on 1970" in refined.changes[0].why


def test_a_judges_refinement_is_taken_and_shown() -> None:
    refined = by_judge(somebody(), proposed(("hobbies", "keeping bees; chess")), pools())
    assert refined.candidate.profile.hobbies == ("keeping bees", "chess")
    assert str(refined.changes[0]) == (
        "hobbies: reading crime novels; building furniture → keeping bees; chess (it fits better)"
    )


def test_a_judges_refinement_that_makes_a_conflict_is_dropped_with_the_reason() -> None:
    refined = by_judge(
        somebody(), proposed(("education", "primary school, then straight to work")), pools()
    )
    assert refined.candidate is somebody()
    assert "nurse needs" in refined.dropped[0].why


def test_what_is_no_value_changes_nothing_or_comes_twice_is_dropped() -> None:
    judgement = proposed(
        ("age", "middle-aged"),
        ("occupation", "Nurse"),
        ("hobbies", "chess"),
        ("hobbies", "rowing"),
    )
    refined = by_judge(somebody(), judgement, pools())
    assert [change.attribute for change in refined.changes] == ["hobbies"]
    reasons = [change.why for change in refined.dropped]
    assert reasons[0].startswith("'middle-aged' is no age")
    assert reasons[1:] == ["it changes nothing", "the attribute was refined already"]


def test_a_judge_to_whom_nothing_is_odd_changes_nothing() -> None:
    refined = by_judge(somebody(), proposed(("hobbies", "chess"), plausibility=5), pools())
    assert refined.candidate is somebody()
    assert refined.dropped[0].why == "the judge found nothing odd"


def test_the_name_is_not_refinable() -> None:
    assert "name" not in Proposal.model_json_schema()["properties"]["attribute"]["enum"]
